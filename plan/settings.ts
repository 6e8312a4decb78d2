import { format } from "prettier";
import { stringify } from "yaml";
import { markdownTable } from "./marked.ts";
import { stackSettings } from "./render.ts";
import { type JsonSchema, settingsSchema } from "./schema.ts";
import { absent } from "./tree.ts";

const introduction = `# Settings

<!-- Written by \`make accept\` from settings/ and the two stack files; edit those. -->

All of a stack's settings are one object, \`shlink-platform:settings\` in \`Pulumi.<stack>.yaml\`. A setting without a default, in
the table or in its meaning, is needed wherever the object around it is given; an unknown one is refused. The defaults are a production's: a stack says what is
its cluster's, and what it gives up. Editors that speak YAML check and complete the file by
[schema.json](../settings/schema.json). No secret is a setting.
`;

/** One line of a table: a setting, and the modes in which there is one. */
interface Row {
  path: string;
  schema: JsonSchema;
  modes: string[];
}

/** docs/settings.md: every setting with its values, its meaning, and what dev and prod say. */
export async function settingsDocument(): Promise<string> {
  const keys = Object.entries(settingsSchema().properties ?? {});
  const sections = keys.filter(([, { properties, oneOf }]) => properties ?? oneOf);
  const others = keys.filter((key) => !sections.includes(key));
  const stacks = ["dev", "prod"].map(stackSettings);
  const parts = [
    introduction,
    ...sections.map(([key, schema]) =>
      section(key, schema.description ?? "", rowsOf(key, schema), stacks),
    ),
    section(
      others.map(([key]) => key).join(", "),
      "",
      others.map(([path, schema]) => ({ path, schema, modes: [] })),
      stacks,
    ),
  ];
  return format(parts.join("\n"), { parser: "markdown", printWidth: 100 });
}

function section(title: string, description: string, rows: Row[], stacks: unknown[]): string {
  const table = markdownTable(
    ["setting", "values", "default", "meaning", "dev", "prod"],
    rows.map((row) => cells(row, stacks)),
  );
  return [`## ${title}`, description, table, ""].join("\n\n");
}

function cells({ path, schema, modes }: Row, stacks: unknown[]): string[] {
  const only = modes.length === 0 ? "" : `With ${modes.map(code).join(", ")}: `;
  const meaning = [`${only}${schema.description ?? ""}`, ...modesOf(schema)].join("<br>");
  const isGroup = schema.properties !== undefined && schema.title === undefined;
  const values = stacks.map((settings) => (isGroup ? "" : cell(valueAt(settings, path))));
  return [code(path), valuesOf(schema), isGroup ? "" : defaultOf(schema), meaning, ...values];
}

/** The default of a setting; of one that has modes, the mode alone, which the object or the mode itself may say. */
function defaultOf({ oneOf, default: value }: JsonSchema): string {
  if (oneOf === undefined) return cell(value);
  const name = discriminator(oneOf);
  const own = (value as Record<string, unknown> | undefined)?.[name];
  return cell(own ?? oneOf.map((one) => one.properties?.[name]?.default).find(Boolean));
}

/** The settings below a path; an object with a title of its own is one value. */
function rowsOf(path: string, schema: JsonSchema): Row[] {
  if (schema.oneOf !== undefined)
    return [modeRow(path, schema), ...variantRows(path, schema.oneOf)];
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const below = `${path}.${key}`;
    const row = { path: below, schema: property, modes: [] };
    if (property.title !== undefined) return [row];
    if (property.oneOf !== undefined) return rowsOf(below, property);
    return property.properties === undefined ? [row] : [row, ...rowsOf(below, property)];
  });
}

function modeRow(path: string, schema: JsonSchema): Row {
  return { path: `${path}.${discriminator(schema.oneOf ?? [])}`, schema, modes: [] };
}

function discriminator([variant]: JsonSchema[]): string {
  const found = Object.entries(variant?.properties ?? {}).find(
    ([, one]) => one.const !== undefined,
  );
  return found?.[0] ?? "mode";
}

/** The settings of all modes, each setting once, with the modes that have it where others lack it; the innermost alone. */
function variantRows(path: string, variants: JsonSchema[]): Row[] {
  const name = discriminator(variants);
  const rows = new Map<string, Row & { outer: string[] }>();
  const filled = variants.filter(({ properties }) => Object.keys(properties ?? {}).length > 1);
  for (const variant of filled)
    for (const row of rowsOf(path, variant).filter((one) => one.path !== `${path}.${name}`)) {
      const key = JSON.stringify([row.path, row.schema, row.modes]);
      const mode = String(variant.properties?.[name]?.const);
      rows.set(key, { ...row, outer: [...(rows.get(key)?.outer ?? []), mode] });
    }
  // What a mode further inside has says enough.
  return [...rows.values()].map(({ outer, ...row }) =>
    row.modes.length > 0 || outer.length === filled.length ? row : { ...row, modes: outer },
  );
}

function modesOf({ oneOf = [] }: JsonSchema): string[] {
  return oneOf.map(
    (variant) =>
      `${valuesOf(variant.properties?.[discriminator(oneOf)] ?? {})}: ${variant.description}`,
  );
}

function valuesOf(schema: JsonSchema): string {
  const { title, examples, items, oneOf, minimum, maximum, exclusiveMinimum } = schema;
  if (title !== undefined)
    return examples === undefined ? title : `${title}, such as ${cell(examples[0])}`;
  if (items !== undefined) return `list: ${valuesOf(items)}`;
  if (oneOf !== undefined)
    return oneOf
      .map(({ properties }) => valuesOf(properties?.[discriminator(oneOf)] ?? {}))
      .join(", ");
  const choices = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  if (choices !== undefined) return choices.map(String).map(code).join(", ");
  if (schema.type === "boolean") return "`true`, `false`";
  if (exclusiveMinimum !== undefined) return `more than ${exclusiveMinimum}, at most ${maximum}`;
  if (minimum !== undefined)
    return isBounded(maximum) ? `${minimum} to ${maximum}` : `${minimum} or more`;
  return schema.type === "string" ? "text" : "";
}

/** Zod gives every whole number the greatest that JavaScript can count to. */
function isBounded(maximum: number | undefined): boolean {
  return maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
}

function valueAt(settings: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (value, key) => (value as Record<string, unknown> | undefined)?.[key],
      settings,
    );
}

/** The value as the stack file writes it. */
function cell(value: unknown): string {
  if (value === undefined) return absent;
  return code(stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trim());
}

const code = (value: string) => `\`${value}\``;
