import { setTimeout as sleep } from "node:timers/promises";
import { namespacePath } from "../local/cluster/layout.ts";
import { podNetworks } from "../local/cluster/pod-networks.ts";
import { LocalError } from "../local/lib/failure.ts";
import type { KubeObject } from "../local/lib/kube.ts";
import { kubeconfigFile } from "../local/stack/environment.ts";
import { call, createLink, readApiKey } from "../local/stack/smoke.ts";
import * as gateways from "./gateways.ts";
import { Objects } from "./objects.ts";
import {
  compare,
  type Benchmark,
  type Comparison,
  type Goals,
  type Line,
  type Sample,
} from "./pairs.ts";
import { cpuInNetwork } from "./measure.ts";
import { entry } from "./platform.ts";
import { wrk } from "./wrk.ts";

const kubeconfig = kubeconfigFile("dev");

/** Two gateways like the platform's own: one gets what is measured, the other a route and nothing else. */
const [measured, bare] = ["bench-measured", "bench-bare"] as const;

const connections = [1, 10, 100];
/** What has a goal is loaded for longer, for the sake of its p99; what has none needs no more than its size. */
const [long, short] = [8, 4];
/** Shlink's stand-in still answers those of both sides that wait when a load ends: so many milliseconds for each of one. */
const leftBehind = 30;
const goals: Goals = { throughput: 0.95, p99: 1.1 };
const note =
  "Redirects: by wrk in the node's network, as HEAD, of which Shlink writes no visit; through pods like the gateway's, with " +
  "buckets that refuse nobody, both sides at the same time. Shlink is the local cluster's stand-in, which takes most of the time, " +
  "and in turns varied by more from run to run than the sides differ.";
const controlNote =
  "A bare VirtualService beside another like it says how far apart two runs of the same are on this machine. Envoy by itself, " +
  "with a static configuration, takes 62-120 µs of processor time for a redirect with our routes, tries, headers and bucket, and " +
  "58-113 µs with a bare route (medians 84 and 77, 8 and 16 turns of 6,000 requests): our routing has no regular expression, and " +
  "compares four methods and prefixes at most. There is nothing in it to save that the machine would not hide.";

/** Each part of ours alone, at a gateway that has nothing else but a route. */
const parts = {
  "rate limit": (objects: Objects) => gateways.ownLimit(measured, objects),
  authorization: (objects: Objects) => gateways.ownAuthorization(measured, objects),
  tracing: () => Promise.resolve(gateways.tracing(measured)),
  "access log": () => Promise.resolve(gateways.noAccessLog(measured)),
};

const lines = {
  routed: connections.map((number) => ({
    name: `redirects with our routing / a bare VirtualService, ${number} at a time`,
    goals,
    note,
  })),
  control: connections.map((number) => ({
    name: `redirects with a bare VirtualService / with another like it, ${number} at a time`,
    goals: {},
    note: controlNote,
  })),
  direct: connections.map((number) => ({
    name: `redirects through the gateway / the pod directly, ${number} at a time`,
    goals: {},
  })),
  parts: Object.keys(parts).map((part) => ({
    name: `redirects with the ${part} alone / without it, 10 at a time`,
    goals: {},
  })),
};

/** What a visitor waits for, and what each part of the way costs; the platform itself stays as it is. */
export const redirects: Benchmark = {
  needs: "stack",
  lines: Object.values(lines).flat(),
  minutes: { own: 10, base: 0 },
  measure: async ({ pairs }) => {
    const objects = new Objects(kubeconfig);
    const key = await readApiKey(kubeconfig);
    const link = await createLink(entry, key, "https://example.com/bench");
    try {
      return await new Redirects(objects, link.shortCode, pairs).all();
    } finally {
      await objects.removeAll();
      await call(entry, { method: "DELETE", path: `/rest/v3/short-urls/${link.shortCode}`, key });
    }
  },
};

class Redirects {
  readonly #objects: Objects;
  readonly #path: string;
  readonly #pairs: number;
  #addresses = { [measured]: "", [bare]: "" };

  constructor(objects: Objects, shortCode: string, pairs: number) {
    this.#objects = objects;
    this.#path = `/${shortCode}`;
    this.#pairs = pairs;
  }

  async all(): Promise<Comparison[]> {
    for (const pass of gateways.passes()) await this.#objects.make(pass);
    for (const name of [measured, bare]) {
      await this.#objects.make(gateways.door(name, entry.host));
      this.#addresses[name] = await gateways.startGateway(name, this.#objects, kubeconfig);
    }
    await this.#objects.make(gateways.bareRoute(bare, entry.host));
    await this.#serves(this.#addresses[bare]);
    return [...(await this.#whole()), ...(await this.#control()), ...(await this.#each())];
  }

  async #whole(): Promise<Comparison[]> {
    const route = await gateways.ownRoute(measured, this.#objects);
    const limit = await gateways.ownLimit(measured, this.#objects);
    const pod = await gateways.readyAddress("app=shlink", gateways.shlink, kubeconfig);
    const inside = await networkOf(pod);
    const direct = (number: number) => this.#load("127.0.0.1:8080", number, short, inside);
    const through = (number: number) =>
      this.#load(`${this.#addresses[measured]}:80`, number, short);
    return this.#with([route, limit], async () => {
      const [ours, theirs] = [this.#through(measured, long), this.#through(bare, long)];
      return [
        ...(await this.#compare(lines.routed, ours, theirs)),
        ...(await this.#compare(lines.direct, through, direct)),
      ];
    });
  }

  #control(): Promise<Comparison[]> {
    return this.#with([gateways.bareRoute(measured, entry.host)], () =>
      this.#compare(lines.control, this.#through(measured, short), this.#through(bare, short)),
    );
  }

  async #each(): Promise<Comparison[]> {
    const route = gateways.bareRoute(measured, entry.host);
    const found: Comparison[] = [];
    for (const [index, [part, make]] of Object.entries(parts).entries()) {
      const line = lines.parts[index] as Line;
      const object = await make(this.#objects);
      const at = (name: typeof measured | typeof bare) => () => this.#through(name, short)(10);
      const sides =
        // The mesh's own log is the part: the gateway that is measured has none.
        part === "access log"
          ? { subject: at(bare), baseline: at(measured) }
          : { subject: at(measured), baseline: at(bare) };
      const one = () => compare({ ...line, pairs: this.#pairsOf(line), together: true, ...sides });
      found.push(await this.#with([route, object], one));
    }
    return found;
  }

  async #compare(
    of: Line[],
    subject: (number: number) => Promise<Sample>,
    baseline: (number: number) => Promise<Sample>,
  ): Promise<Comparison[]> {
    const found: Comparison[] = [];
    for (const [index, number] of connections.entries()) {
      const sides = { subject: () => subject(number), baseline: () => baseline(number) };
      const line = of[index] as Line;
      found.push(await compare({ ...line, pairs: this.#pairsOf(line), together: true, ...sides }));
    }
    return found;
  }

  #pairsOf({ goals: wanted }: Line): number {
    return Object.keys(wanted).length === 0 ? Math.min(this.#pairs, 3) : this.#pairs;
  }

  /** Loads a gateway, and says what its own processes took for each redirect, which other work on the machine does not change. */
  #through(name: typeof measured | typeof bare, seconds: number) {
    return async (number: number): Promise<Sample> => {
      const address = this.#addresses[name];
      const network = await networkOf(address);
      const before = cpuInNetwork(network);
      const found = await this.#load(`${address}:80`, number, seconds);
      const microseconds = (cpuInNetwork(network) - before) * 1_000_000;
      return { ...found, gateway: microseconds / ((found.throughput ?? 0) * seconds) };
    };
  }

  /** Has objects at the gateway that is measured for as long as the work takes. */
  async #with<T>(wanted: KubeObject[], work: () => Promise<T>): Promise<T> {
    for (const object of wanted) await this.#objects.make(object);
    await this.#serves(this.#addresses[measured]);
    const result = await work();
    for (const object of wanted) await this.#objects.remove(object);
    return result;
  }

  /** Waits until the gateway knows its route, and then as long again for everything that was told it at the same time. */
  async #serves(address: string): Promise<void> {
    for (let attempt = 0; attempt < 60; attempt++, await sleep(1000)) {
      const answer = await this.#load(`${address}:80`, 1, short).catch(() => undefined);
      if (answer === undefined) continue;
      await sleep(3000);
      return;
    }
    throw new LocalError(`The gateway at ${address} does not redirect within a minute.`);
  }

  async #load(address: string, connections: number, seconds: number, network = namespacePath) {
    const url = `http://${address}${this.#path}`;
    const found = await wrk({ network, url, host: entry.host, connections, seconds });
    await sleep(connections * leftBehind);
    return found;
  }
}

/** The file of a pod's network namespace, by its address. */
async function networkOf(address: string): Promise<string> {
  const network = (await podNetworks()).get(address);
  if (network === undefined) throw new LocalError(`No process runs in the pod ${address}.`);
  return network;
}
