/** A stack's state as `pulumi stack export` writes it, as far as it is read here. */
export interface Deployment {
  version: number;
  deployment: { resources: Resource[] };
}

export interface Resource {
  urn: string;
  type: string;
  custom: boolean;
  inputs?: Record<string, unknown>;
  parent?: string;
  /** The provider's URN and id. */
  provider?: string;
  dependencies?: string[];
  deletedWith?: string;
  protect?: boolean;
}

export const stackType = "pulumi:pulumi:Stack";

/** The state in which a program without components would have the same objects: all of them below the stack itself. */
export function flattened(state: Deployment): Deployment {
  const { resources } = state.deployment;
  const kept = resources.filter(({ custom, type }) => custom || type === stackType);
  const stack = kept.find(({ type }) => type === stackType)?.urn;
  const renamed = new Map(kept.map(({ urn }) => [urn, flatUrn(urn)]));
  const rename = (text: string) => {
    // A provider is named by its URN and its id.
    const urn = kept
      .map((one) => one.urn)
      .find((one) => text === one || text.startsWith(`${one}::`));
    return urn === undefined ? text : `${renamed.get(urn)}${text.slice(urn.length)}`;
  };
  const flat = kept.map((resource) => ({
    ...(walk(resource, rename) as Resource),
    ...(resource.type === stackType ? {} : { parent: stack }),
  }));
  return { ...state, deployment: { ...state.deployment, resources: flat } };
}

/** `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME` without the types of the parents. */
function flatUrn(urn: string): string {
  const [prefix, project, types = "", ...name] = urn.split("::");
  return [prefix, project, types.split("$").at(-1), ...name].join("::");
}

function walk(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return value.startsWith("urn:pulumi:") ? change(value) : value;
  if (Array.isArray(value)) return value.map((item) => walk(item, change));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, walk(item, change)]);
  return Object.fromEntries(entries) as unknown;
}
