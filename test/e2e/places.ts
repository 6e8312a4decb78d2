import { kubernetesServiceAddress } from "../../local/cluster/layout.ts";
import type { Flow, Peer } from "../../platform/flows.ts";
import { type WorkloadName, workloads } from "../../platform/workloads.ts";
import { podNetworks } from "../../local/cluster/pod-networks.ts";
import { listening, node, opened, type Place } from "./connections.ts";
import { kubernetes, until } from "./platform.ts";
import { type StandIn, standInFor } from "./stand-ins.ts";

/** One connection, by names of kinds of pods, of strangers, or of what is no pod. */
export type Attempt = [from: string, to: string, port: number];

/** Pods that are in no table: outside of the platform, and one in some of its namespaces. */
export const strangers: Record<string, StandIn> = {
  monitoring: standIn("monitoring", "monitoring"),
  stranger: standIn("stranger", "default"),
  ...Object.fromEntries(
    ["vault", "postgres", "redis", "shlink", "platform"].map((namespace) => [
      `unforeseen-${namespace}`,
      standIn("unforeseen", namespace),
    ]),
  ),
};

function standIn(name: string, namespace: string): StandIn {
  return { name: `probe-${name}`, namespace, labels: { app: name } };
}

const kinds = Object.keys(workloads) as WorkloadName[];

/** Every connection of the table, with somebody on either side who can stand for addresses. */
export const attemptsOf = (flows: Flow[]): Attempt[] =>
  flows.flatMap(({ from, to, ports }) =>
    from.flatMap((one) =>
      to.flatMap((other) => ports.map((port): Attempt => [callerOf(one), calledOf(other), port])),
    ),
  );

function callerOf(peer: Peer): string {
  if (typeof peer !== "string") return placeOf(peer);
  return { "webhook-callers": "node", anywhere: "stranger" }[peer as string] ?? peer;
}

const calledOf = (peer: Peer): string => (typeof peer === "string" ? peer : placeOf(peer));

const placeOf = (peer: Exclude<Peer, string>) => ("cidr" in peer ? peer.cidr : peer.namespace);

/** Kinds that have no pod now, or no second one to which the first could speak. */
export async function kindsToStandIn(flows: Flow[]): Promise<StandIn[]> {
  const attempts = attemptsOf(flows);
  const pods = await livePods();
  const named = kinds.filter((kind) => attempts.some(([from, to]) => [from, to].includes(kind)));
  return named.flatMap((kind) => {
    const needed = attempts.some(([from, to]) => from === kind && to === kind) ? 2 : 1;
    const missing = Math.max(0, needed - (pods.get(kind)?.length ?? 0));
    return Array.from({ length: missing }, (_, number) => standInFor(kind, number));
  });
}

/** Addresses of running pods by kind, or by the name of the stranger; those of Jobs may end while somebody speaks from there. */
async function livePods(): Promise<Map<string, string[]>> {
  const { items } = await kubernetes().core.listPodForAllNamespaces();
  const selectors = Object.entries({ ...strangers, ...workloads });
  const pods = new Map<string, string[]>();
  for (const { metadata, status } of items) {
    if (status?.phase !== "Running" || status.podIP === undefined) continue;
    if (metadata?.ownerReferences?.some(({ kind }) => kind === "Job")) continue;
    const found = selectors.find(
      ([, { namespace, labels }]) =>
        namespace === metadata?.namespace &&
        Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value),
    );
    if (found) pods.set(found[0], [...(pods.get(found[0]) ?? []), status.podIP]);
  }
  return pods;
}

/** Where pods of each name are; the node stands for itself. */
export class Places {
  readonly #byName: Map<string, Place[]>;

  private constructor(byName: Map<string, Place[]>) {
    this.#byName = byName;
  }

  static async find(): Promise<Places> {
    const networks = await podNetworks();
    const named = [...(await livePods())].map(([name, addresses]) => {
      const places = addresses.flatMap((address) => {
        const network = networks.get(address);
        return network === undefined ? [] : [{ address, network }];
      });
      return [name, places] as const;
    });
    return new Places(new Map([...named, ["node", [node]]]));
  }

  caller(name: string): Place {
    const [place] = this.#byName.get(name) ?? [];
    if (place === undefined) throw new Error(`no pod of ${name} runs`);
    return place;
  }

  /** Of its own kind a pod calls another. */
  #called([from, to]: Attempt): Place {
    const place = from === to ? this.#byName.get(to)?.[1] : this.caller(to);
    if (place === undefined) throw new Error(`no second pod of ${to} runs`);
    return place;
  }

  #address(attempt: Attempt): string {
    const [, to, port] = attempt;
    if (to !== "api-server") return this.#called(attempt).address;
    return port === 443 ? kubernetesServiceAddress : node.address;
  }

  /** Lets somebody listen at the end of each attempt until the returned function is called. */
  listen(attempts: Attempt[]): Promise<() => void> {
    const wanted = new Map<Place, Set<number>>();
    for (const attempt of attempts.filter(([, to]) => !["node", "api-server"].includes(to))) {
      const place = this.#called(attempt);
      wanted.set(place, (wanted.get(place) ?? new Set()).add(attempt[2]));
    }
    return listening(wanted);
  }

  /** Those of the attempts that end otherwise than expected, as text. */
  async wrong(attempts: Attempt[], expected: "open" | "refused"): Promise<string[]> {
    const callers = [...new Set(attempts.map(([from]) => from))];
    const found = await Promise.all(
      callers.map(async (caller) => {
        const own = attempts.filter(([from]) => from === caller);
        const targets = own.map((one): [string, number] => [this.#address(one), one[2]]);
        const { open } = await opened(this.caller(caller), targets);
        return own.filter((_, at) => open[at] !== (expected === "open"));
      }),
    );
    return found
      .flat()
      .map(([from, to, port]) => `${from} ${to}:${port}`)
      .sort();
  }

  /** The same once rules of policies that were made a moment ago have had time to become rules of the node. */
  async wrongForGood(attempts: Attempt[], expected: "open" | "refused"): Promise<string[]> {
    let last: string[] = [];
    const right = async () => (last = await this.wrong(attempts, expected)).length === 0;
    await until("the right rules", 60, right).catch(() => undefined);
    return last;
  }
}
