import { type PartName, partNames, parts } from "../platform/parts.ts";
import { selectorText } from "../platform/workloads.ts";
import type { Ask } from "./api.ts";
import { isReady, podsPath, type PodStatus } from "./pods.ts";

/** A part that the settings take from the cluster, and what it has to care for. */
export interface DemandedPart {
  part: PartName;
  /** Where its pods are, and what tells them from others. */
  namespace: string;
  pods: Record<string, string>;
  /** Namespaces of ours that it has to watch. */
  watched: string[];
}

interface Pod {
  metadata: { name: string; labels?: Record<string, string> };
  spec?: { containers?: { args?: string[]; env?: { name: string; value?: string }[] }[] };
  status?: PodStatus;
}

/** What was seen of one; without pods: the account may not look there, and the part is taken to be there. */
export interface SeenPart extends DemandedPart {
  found?: Pod[];
}

/** Lists the pods of each part in its namespace, and nothing else of it. */
export function surveyParts(ask: Ask, demanded: DemandedPart[]): Promise<SeenPart[]> {
  return Promise.all(
    demanded.map(async (one) => {
      const path = podsPath(one.namespace, selectorText(one.pods));
      const { status, body } = await ask<{ items: Pod[] | null }>(path);
      return status === 200 ? { ...one, found: body.items ?? [] } : one;
    }),
  );
}

/** The parts that the stack has installed, or may have before it was interrupted: it has their namespaces. */
export const madeParts = (namespaces: string[]): PartName[] =>
  partNames.filter((part) => parts[part].namespaces.some((name) => namespaces.includes(name)));

/** Refuses to give up what the stack installed: Helm would delete its definitions, and with them all that it made. */
export function givenUp(taken: PartName[], made: PartName[]): string | undefined {
  const lost = taken.find((part) => made.includes(part));
  return (
    lost &&
    `This stack installed ${parts[lost].product} itself; with ${lost}.mode as it is now it would delete that, its ` +
      `definitions and all that was made by them: set ${lost}.mode to install again.`
  );
}

/** Says in one sentence which part does not run, or does not look at our namespaces; undefined: all do. */
export function partObstacle(seen: SeenPart[], context: string): string | undefined {
  for (const one of seen) {
    const { part, namespace, pods, watched, found } = one;
    if (found === undefined) continue;
    const { product } = parts[part];
    if (!found.some(isReady))
      return (
        `No pod of ${product} is ready in namespace ${namespace} of context ${context} with the labels ` +
        `${selectorText(pods)} (settings ${part}.namespace and ${part}.pods): it has ${found.length}; ` +
        `correct the settings, start it, or choose ${part}.mode install.`
      );
    const missed = found.flatMap((pod) => missedBy(pod, watched));
    if (missed.length > 0)
      return (
        `${product} in namespace ${namespace} of context ${context} looks at some namespaces only, and not at ` +
        `${[...new Set(missed)].join(", ")}: let it look there, or choose ${part}.mode install.`
      );
  }
  return undefined;
}

/** The arguments and variables by which operators are restricted to some namespaces. */
const scope = { argument: /^--namespace=(.+)$/, variable: /^PGO_TARGET_NAMESPACES?$/ };

function missedBy({ spec }: Pod, watched: string[]): string[] {
  const containers = spec?.containers ?? [];
  const told = containers.flatMap(({ args = [], env = [] }) => [
    ...args.flatMap((text) => scope.argument.exec(text)?.[1] ?? []),
    ...env.flatMap(({ name, value = "" }) => (scope.variable.test(name) ? value.split(",") : [])),
  ]);
  const named = told.map((name) => name.trim()).filter((name) => name !== "");
  return named.length === 0 ? [] : watched.filter((name) => !named.includes(name));
}
