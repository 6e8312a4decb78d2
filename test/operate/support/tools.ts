import { setImmediate as tick } from "node:timers/promises";
import type { Tools } from "../../../operate/tools.ts";
import { type Change, synth } from "../../support/synth.ts";
import { MemoryApi } from "../../support/memory-api.ts";

/** What a command did, in order, and the cluster that it did it to. */
export interface FakeTools extends Tools {
  api: MemoryApi;
  /** Settings that were written, `pulumi up` with its arguments, and commands in containers, as `POD: COMMAND`. */
  steps: string[];
  told: string[];
  /** What `pulumi up` does to the cluster. */
  up: (args: string[]) => void | Promise<void>;
  /** What a container answers. */
  answer: (pod: string, command: string, input: string) => string;
}

/** Tools for a cluster of the memory, and a Pulumi that only keeps what it was told. */
export function fakeTools(): FakeTools {
  const api = new MemoryApi();
  const tools: FakeTools = {
    api,
    steps: [],
    told: [],
    up: () => undefined,
    answer: () => "",
    ask: api.ask,
    execute: ({ pod }, command, input = "") => {
      tools.steps.push(`${pod}: ${command.join(" ")}`);
      return Promise.resolve(tools.answer(pod, command.join(" "), input));
    },
    shlink: () => Promise.resolve({ status: 0, body: {} }),
    served: () => Promise.resolve(undefined),
    pulumi: {
      settings: () => Promise.resolve({}),
      made: () => Promise.resolve([]),
      set: (path, value) => Promise.resolve(void tools.steps.push(`${path}=${value}`)),
      unset: (path) => Promise.resolve(void tools.steps.push(`no ${path}`)),
      up: async (...args) => {
        tools.steps.push(["up", ...args].join(" "));
        await tools.up(args);
      },
    },
    report: (line) => void tools.told.push(line),
    pause: () => tick(),
  };
  return tools;
}

/** Puts a running pod, which is another one each time, into the cluster. */
let uid = 0;
export function putPod(
  { api }: FakeTools,
  namespace: string,
  name: string,
  labels: Record<string, string>,
): void {
  const conditions = [{ type: "Ready", status: "True" }];
  const metadata = { labels, uid: `${(uid += 1)}` };
  const status = { phase: "Running", conditions };
  api.put(`/api/v1/namespaces/${namespace}/pods/${name}`, { metadata, status });
}

/** Puts a Secret with these values into the cluster. */
export function putSecret(
  { api }: FakeTools,
  namespace: string,
  name: string,
  values: Record<string, string>,
): void {
  const data = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString("base64")]),
  );
  api.put(`/api/v1/namespaces/${namespace}/secrets/${name}`, { data });
}

/** What the patterns in the arguments of a `pulumi up` fit. One that fits nothing is no error to Pulumi. */
export async function fitting(up: string, change: Change = {}): Promise<string[]> {
  const { registrations } = await synth("prod", change);
  const patterns = up.match(/(?<=\*\*)\S+/g) ?? [];
  return patterns.map((pattern) =>
    registrations
      .map(({ type, name }) => `${type}::${name}`)
      .filter((key) => key.endsWith(`:${pattern}`))
      .join(),
  );
}
