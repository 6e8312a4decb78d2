import { setTimeout as sleep } from "node:timers/promises";
import type { WatchEvent } from "./kube.ts";
import { label } from "./names.ts";
import { reconcile, type Dependencies } from "./reconcile.ts";
import type { KubeObject, PostgresCluster } from "./types.ts";

const watchedKinds = [
  "PostgresCluster",
  "ConfigMap",
  "Deployment",
  "Endpoints",
  "Job",
  "PersistentVolumeClaim",
  "Pod",
  "Secret",
  "Service",
  "StatefulSet",
];

const resync = 3_600_000;
// Changes come as events, but for those that Patroni makes in its own Endpoints.
const unsettledDelay = 5000;
const longestBackoff = 60_000;

/** Which cluster an object belongs to: by control, or by label for pods, as PGO watches. */
export function clusterKey(object: KubeObject): string | null {
  const { name, namespace, labels, ownerReferences } = object.metadata;
  if (object.kind === "PostgresCluster") return `${namespace}/${name}`;
  const owner = ownerReferences?.find(
    (reference) => reference.controller === true && reference.kind === "PostgresCluster",
  );
  const cluster = object.kind === "Pod" ? labels?.[label.cluster] : owner?.name;
  return cluster === undefined ? null : `${namespace}/${cluster}`;
}

interface Entry {
  running: boolean;
  dirty: boolean;
  failures: number;
  timer?: NodeJS.Timeout;
}

/** Feeds changed clusters to `reconcile`, one pass at a time for each. */
export class Controller {
  readonly #dependencies: Dependencies;
  readonly #namespaces: string[];
  readonly #entries = new Map<string, Entry>();
  #stopped = false;

  constructor(dependencies: Dependencies, namespaces: string[]) {
    this.#dependencies = dependencies;
    this.#namespaces = namespaces;
  }

  start(): void {
    for (const namespace of this.#namespaces) {
      for (const kind of watchedKinds) void this.#follow(kind, namespace);
    }
  }

  /** Takes no new work and waits for the pass that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const entry of this.#entries.values()) clearTimeout(entry.timer);
    const busy = () => [...this.#entries.values()].some(({ running }) => running);
    while (busy()) await sleep(50);
  }

  async #follow(kind: string, namespace: string): Promise<void> {
    const { kube, log } = this.#dependencies;
    const onEvent = ({ object }: WatchEvent) => {
      const key = clusterKey(object);
      if (key !== null) this.#enqueue(key, 0);
    };
    // Listed only once the stream is open, so that no change falls between the two.
    const onOpen = () => {
      if (kind === "PostgresCluster") void this.#enqueueAll(namespace);
    };
    while (!this.#stopped) {
      try {
        await kube.watch(kind, namespace, onOpen, onEvent);
      } catch (error) {
        log(`watch ${kind}: ${(error as Error).message}`);
      }
      await sleep(1000);
    }
  }

  async #enqueueAll(namespace: string): Promise<void> {
    const { kube, log } = this.#dependencies;
    try {
      const clusters = await kube.list("PostgresCluster", namespace, {});
      for (const cluster of clusters) this.#enqueue(clusterKey(cluster) ?? "", 0);
    } catch (error) {
      log(`list PostgresCluster: ${(error as Error).message}`);
    }
  }

  #enqueue(key: string, delay: number): void {
    if (this.#stopped) return;
    const entry = this.#entries.get(key) ?? { running: false, dirty: false, failures: 0 };
    this.#entries.set(key, entry);
    if (entry.running) {
      entry.dirty ||= delay === 0;
      return;
    }
    clearTimeout(entry.timer);
    // Events come in bursts; one pass answers them all.
    entry.timer = setTimeout(() => void this.#run(key, entry), Math.max(delay, 20));
  }

  async #run(key: string, entry: Entry): Promise<void> {
    entry.running = true;
    entry.dirty = false;
    const delay = await this.#pass(key, entry);
    entry.running = false;
    if (delay === null) this.#entries.delete(key);
    else this.#enqueue(key, entry.dirty && entry.failures === 0 ? 0 : delay);
  }

  async #pass(key: string, entry: Entry): Promise<number | null> {
    const { kube, log } = this.#dependencies;
    const [namespace = "", name = ""] = key.split("/");
    try {
      const cluster = await kube.get<PostgresCluster>("PostgresCluster", namespace, name);
      if (cluster === null) return null;
      const { settled } = await reconcile(this.#dependencies, cluster);
      entry.failures = 0;
      return settled ? resync : unsettledDelay;
    } catch (error) {
      entry.failures += 1;
      log(`${key}: ${(error as Error).message}`);
      return Math.min(250 * 2 ** entry.failures, longestBackoff);
    }
  }
}
