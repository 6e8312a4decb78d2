import { resolve } from "node:path";
import { signatureKey } from "../../platform/wire.ts";

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
  outputs?: Record<string, unknown>;
  parent?: string;
  /** The provider's URN and id. */
  provider?: string;
  dependencies?: string[];
  deletedWith?: string;
  protect?: boolean;
  retainOnDelete?: boolean;
}

export const stackType = "pulumi:pulumi:Stack";

/** What is secret of a value of a state that shows its secrets, as JSON; undefined where nothing is. */
export function secretText(value: unknown): string | undefined {
  const marked = typeof value === "object" && value !== null && signatureKey in value;
  return marked && "plaintext" in value ? String(value.plaintext) : undefined;
}

/** The state in which a program without components would have the same objects: all of them below the stack itself. */
export function flattened(state: Deployment): Deployment {
  const { resources } = state.deployment;
  const kept = resources.filter(({ custom, type }) => custom || type === stackType);
  const stack = kept.find(({ type }) => type === stackType)?.urn;
  const renamed = new Map(kept.map(({ urn }) => [urn, flatUrn(urn)]));
  const rename = (text: string) => {
    if (!text.startsWith("urn:pulumi:")) return text;
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

/** What the flat program finds elsewhere than the stack's own: files, since it runs in another folder, and tunnels. */
export interface Place {
  /** The folder in which the stack's program runs. */
  folder: string;
  /** Loopback ports of the stack's tunnels, with those to use in their place. */
  ports: Record<string, number>;
}

/** Moves what a state says of files and loopback ports, in what is wanted and in what is there. */
export function relocated(state: Deployment, { folder, ports }: Place): Deployment {
  const move = (text: string) => {
    const port = /^(?:http:\/\/127\.0\.0\.1:)?(\d+)$/.exec(text)?.[1];
    if (port !== undefined) return text.replace(port, String(ports[port] ?? port));
    if (/^\.(\/components|local\/charts)\//.test(text)) return resolve(folder, text);
    return text.replace(/(?<=^|")\.run\//, `${folder}/.run/`);
  };
  const moved = state.deployment.resources.map((resource) =>
    // The others name nothing of this machine.
    /^pulumi:providers:|:Release$/.test(resource.type)
      ? (walk(resource, move) as Resource)
      : resource,
  );
  return { ...state, deployment: { ...state.deployment, resources: moved } };
}

/** `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME` without the types of the parents. */
function flatUrn(urn: string): string {
  const [prefix, project, types = "", ...name] = urn.split("::");
  return [prefix, project, types.split("$").at(-1), ...name].join("::");
}

function walk(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => walk(item, change));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, walk(item, change)]);
  return Object.fromEntries(entries) as unknown;
}
