import type { KubeObject } from "../local/lib/kube.ts";
import { type Resource, secretText } from "./flat/state.ts";

/** What the program waits for before it makes what needs it. */
const waitedFor = /:(Release|Deployment|StatefulSet|Job|Grant)$/;
const waitFor = "pulumi.com/waitFor";

/** What exists outside of the state: objects, releases, and what is done in the database. */
const isReal = ({ type }: Resource) => /^(kubernetes|postgresql):/.test(type);

/**
 * Sorts what a state has into stages: whatever a stage needs is ready when those before it are. It is the order in which
 * somebody would apply it by hand who knows what waits for what.
 */
export function stagesOf(resources: Resource[]): Resource[][] {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const known = new Map<string, number>();
  const stageOf = (resource: Resource): number => {
    const { urn } = resource;
    const found = known.get(urn);
    if (found !== undefined) return found;
    const before = needsOf(resource).flatMap((need) => byUrn.get(need) ?? []);
    const after = before.map((need) => stageOf(need) + (isWaitedFor(need) ? 1 : 0));
    const stage = Math.max(0, ...after);
    known.set(urn, stage);
    return stage;
  };
  const stages: Resource[][] = [];
  for (const resource of resources) {
    const stage = stageOf(resource);
    stages[stage] ??= [];
    if (isReal(resource)) stages[stage].push(resource);
  }
  return [...stages].map((stage) => stage ?? []);
}

/** The resources without which some others cannot be made, directly or not. */
export function neededBy(some: Resource[], resources: Resource[]): Resource[] {
  const wanted = new Set(some.flatMap(needsOf));
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  for (const urn of wanted)
    for (const need of needsOf(byUrn.get(urn) ?? noResource)) wanted.add(need);
  return resources.filter(({ urn }) => wanted.has(urn));
}
const noResource: Resource = { urn: "", type: "", custom: false };

const needsOf = ({ dependencies = [], parent, provider }: Resource): string[] =>
  // A provider is named by its URN and its id.
  [...dependencies, parent ?? "", provider?.replace(/::[^:]*$/, "") ?? ""];

const isWaitedFor = ({ type, inputs = {} }: Resource) =>
  waitedFor.test(type) || annotationsOf(inputs)[waitFor] !== undefined;

/** What a resource was registered with, secrets in clear, without what the provider adds for itself. */
export const plainInputs = ({ inputs = {} }: Resource) =>
  JSON.parse(JSON.stringify(inputs), revive) as Record<string, unknown>;

function revive(key: string, value: unknown): unknown {
  if (key.startsWith("__")) return undefined;
  const secret = secretText(value);
  return secret === undefined ? value : JSON.parse(secret, revive);
}

const annotationsOf = (object: { metadata?: unknown }): Record<string, string> =>
  (object.metadata as { annotations?: Record<string, string> } | undefined)?.annotations ?? {};

/** The arguments with which kubectl waits for an object as the program does; none where it does not wait. */
export function waitsOf(object: KubeObject): string[][] {
  const { kind, metadata } = object;
  const which = [`${kind.toLowerCase()}/${metadata.name}`];
  if (metadata.namespace !== undefined) which.push("--namespace", metadata.namespace);
  const until = (condition: string) => ["wait", ...which, `--for=${condition}`, timeout];
  const wanted = annotationsOf(object)[waitFor];
  if (wanted !== undefined)
    return (wanted.startsWith("[") ? (JSON.parse(wanted) as string[]) : [wanted]).map(until);
  if (["Deployment", "StatefulSet", "DaemonSet"].includes(kind))
    return [["rollout", "status", ...which, timeout]];
  if (kind === "Job") return [until("condition=Complete")];
  return kind === definition ? [until("condition=Established")] : [];
}

export const definition = "CustomResourceDefinition";
/** How many seconds something may take to become ready. */
export const patience = 300;
const timeout = `--timeout=${patience}s`;
