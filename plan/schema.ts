import { format } from "prettier";
import { z } from "zod";
import { schema } from "../settings/index.ts";
import { settingsKey } from "../platform/project.ts";

/** The part of JSON Schema that the settings need. */
export interface JsonSchema {
  title?: string;
  description?: string;
  examples?: unknown[];
  type?: string;
  const?: unknown;
  default?: unknown;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  /** The branches of the union, one for each mode. */
  oneOf?: JsonSchema[];
}

/** The settings as JSON Schema. What refinements check it cannot say: their settings' descriptions do. */
export function settingsSchema(): JsonSchema {
  return z.toJSONSchema(schema, {
    target: "draft-7",
    io: "input",
    override: ({ jsonSchema }) => {
      describeMode(jsonSchema as JsonSchema);
    },
  }) as JsonSchema;
}

/** An editor shows what a mode means where it is written: at the word, not at the object around it. */
function describeMode({ properties, description }: JsonSchema): void {
  for (const property of Object.values(properties ?? {}))
    if (property.const !== undefined && description !== undefined)
      property.description ??= description;
}

/** The schema of a whole stack file, of which the settings are one key. */
export async function stackFileSchema(): Promise<string> {
  const { $schema, ...settings } = settingsSchema() as JsonSchema & { $schema: string };
  const config = {
    type: "object",
    properties: { [settingsKey]: settings },
    required: [settingsKey],
  };
  const file = {
    $schema,
    $comment: "Written by `make accept` from settings/; edit those.",
    type: "object",
    properties: { config },
    required: ["config"],
  };
  return format(JSON.stringify(file), { parser: "json", printWidth: 100 });
}
