import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { settingsKey } from "../../platform/project.ts";
import { LocalError } from "../lib/failure.ts";
import { repository } from "../lib/paths.ts";

/** The stacks of the local cluster: a committed stack file, and what one node needs different from it. */
export const stacks = {
  dev: { file: "Pulumi.dev.yaml", overlay: undefined },
  "prod-rehearsal": { file: "Pulumi.prod.yaml", overlay: "local/rehearsal/settings.yaml" },
} as const;

export type StackName = keyof typeof stacks;

/** Checks the name of the stack that a command names. */
export function stackName(name: string): StackName {
  if (Object.hasOwn(stacks, name)) return name as StackName;
  throw new LocalError(
    `The local cluster has no stack ${name}: name one of ${Object.keys(stacks).join(", ")}.`,
  );
}

interface StackFile {
  config: { [settingsKey]: { cluster: { context: string } } };
}

/** Reads the kubeconfig context that a stack file names. */
export function contextOf(stackFileText: string): string {
  const { config } = parse(stackFileText) as StackFile;
  return config[settingsKey].cluster.context;
}

/** Gives the one context of the local cluster's kubeconfig another name. */
export function accessOf(kubeconfig: string, context: string): string {
  const access = parse(kubeconfig) as { contexts: { name: string }[] };
  const contexts = access.contexts.map((one) => ({ ...one, name: context }));
  return stringify({ ...access, contexts, "current-context": context });
}

/** Puts a token in place of the administrator's certificate. */
export function accessBy(kubeconfig: string, token: string): string {
  const access = parse(kubeconfig) as { users: { name: string }[] };
  return stringify({
    ...access,
    users: access.users.map(({ name }) => ({ name, user: { token } })),
  });
}

/** Makes the text of the stack file that Pulumi gets for a stack. */
export async function stackFile(name: StackName): Promise<string> {
  const { file, overlay } = stacks[name];
  const text = await readFile(join(repository, file), "utf8");
  if (overlay === undefined) return text;
  const { config } = parse(text) as StackFile;
  const differences: unknown = parse(await readFile(join(repository, overlay), "utf8"));
  const settings = merge(config[settingsKey], differences);
  return stringify({ config: { ...config, [settingsKey]: settings } });
}

/** Lays the second value over the first: maps of one mode key by key, everything else, arrays too, as a whole. */
export function merge(base: unknown, overlay: unknown): unknown {
  if (!isMap(base) || !isMap(overlay) || hasOtherMode(base, overlay)) return overlay;
  const merged = { ...base };
  for (const [key, value] of Object.entries(overlay))
    merged[key] = key in base ? merge(base[key], value) : value;
  return merged;
}

/** Says whether two maps have different keys, as those of different modes or types do. */
function hasOtherMode(base: Record<string, unknown>, overlay: Record<string, unknown>): boolean {
  return ["mode", "type"].some(
    (key) => key in base && key in overlay && base[key] !== overlay[key],
  );
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
