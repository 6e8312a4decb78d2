import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { charts } from "./charts.ts";
import { cluster } from "./cluster.ts";
import { database } from "./database.ts";
import { externalSecrets } from "./external-secrets.ts";
import { mesh } from "./mesh.ts";
import { observability } from "./observability.ts";
import { redis } from "./redis.ts";
import { routing } from "./routing.ts";
import { shlink } from "./shlink.ts";
import { tunnels } from "./tunnels.ts";
import { vault } from "./vault.ts";
import { projectName } from "../platform/project.ts";

/** Each key has its file here, but for the two that are a mere yes or no. */
export const schema = z.strictObject({
  cluster,
  charts,
  tunnels,
  mesh,
  vault,
  externalSecrets,
  database,
  redis,
  shlink,
  routing,
  observability,
  admissionPolicies: z
    .boolean()
    .describe(
      "Whether the API server refuses at run time what the policy pack refuses at preview.",
    ),
  protectData: z
    .boolean()
    .describe("Whether what holds data is protected from deletion by `pulumi destroy`."),
});

/** Everything in which two stacks can differ. */
export type Settings = z.infer<typeof schema>;

/**
 * Checks the settings of one stack file. Pure, so that each rule is tested without an engine.
 * @throws pulumi.RunError naming the file, the path and what was expected.
 */
export function parseSettings(file: string, raw: unknown): Settings {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `  ${pathOf(issue)}: ${expectation(issue)}`);
  throw new pulumi.RunError(`${file}: ${projectName}:settings is not valid:\n${faults.join("\n")}`);
}

function pathOf(issue: z.core.$ZodIssue): string {
  return issue.path.length === 0 ? "settings" : issue.path.join(".");
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys")
    return `does not know ${issue.keys.join(", ")}; remove or correct it`;
  return issue.message;
}

/** Reads the settings of the stack that the engine runs; the only reader of `pulumi.Config`. */
export function loadSettings(): Settings {
  return parseSettings(
    `Pulumi.${pulumi.getStack()}.yaml`,
    new pulumi.Config().getObject("settings"),
  );
}
