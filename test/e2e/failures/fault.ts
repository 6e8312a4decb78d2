import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { KubeConfig } from "@kubernetes/client-node";
import { repository } from "../../../local/lib/paths.ts";
import { shellEnvironment } from "../../../local/stack/environment.ts";
import { existingPulumi } from "../../../local/stack/pulumi.ts";
import { toolFolder } from "../../../local/toolchain/index.ts";
import type { Look } from "../doctor.ts";
import { installAnew } from "../../../doctor/mend.ts";
import { type ChartName, charts } from "../../../platform/charts.ts";
import { ask, kubeconfig, list, until } from "../platform.ts";

/** Something that breaks one link, and what its runbook says to mend it. */
export interface Fault {
  /** The finding that the doctor has to name first. */
  finding: string;
  what: string;
  /** What the evidence has to say. */
  says?: RegExp;
  inject?: () => Promise<unknown>;
  /** How the doctor looks, where the fault is on the way to the cluster or in the stack file. */
  look?: () => Promise<Look> | Look;
  mend: () => Promise<unknown>;
  /** Takes away, once all is well, what only the fault needed. */
  putBack?: () => Promise<unknown>;
}

type Body = object | object[];

async function send(method: string, path: string, body?: Body, type = "application/json") {
  const headers = { "content-type": type };
  const answer = await ask(method, path, { headers, body: JSON.stringify(body) });
  if (answer.status > 299 && answer.status !== 404)
    throw new Error(`${method} ${path}: ${answer.status} ${answer.body.slice(0, 300)}`);
  return answer.body;
}

const merging = "application/merge-patch+json";

/** Changes an object as `kubectl patch --type=merge` does. */
export const patch = (path: string, body: Body) => () => send("PATCH", path, body, merging);
export const create = (collection: string, body: Body) => () => send("POST", collection, body);
export const remove = (path: string) => () => send("DELETE", path);
export const scale = (path: string, replicas: number) =>
  patch(`${path}/scale`, { spec: { replicas } });

export const all =
  (...acts: (() => Promise<unknown>)[]) =>
  async () => {
    for (const act of acts) await act();
  };

/** Waits until a collection has nothing whose name begins like this. */
export const gone = (collection: string, prefix: string) => () =>
  until(`the end of ${collection}/${prefix}`, 120, async () => {
    const items = await list(collection);
    return !items.some(({ metadata }) => metadata.name.startsWith(prefix));
  });

/** Changes one place deep in an object, lists included, as `kubectl edit` does. */
export const edit = (path: string, change: (object: never) => void) => async () => {
  const object = JSON.parse(await send("GET", path)) as never;
  change(object);
  await send("PUT", path, object);
};

interface Workload {
  spec: { template: { spec: { containers: { env: { name: string; value: string }[] }[] } } };
}

/** Changes a variable of a Deployment's first container. */
export const editVariable = (path: string, variable: string, change: (value: string) => string) =>
  edit(path, ({ spec }: Workload) => {
    const [container] = spec.template.spec.containers;
    const own = container!.env.find(({ name }) => name === variable)!;
    own.value = change(own.value);
  });

/** Runs `pulumi up` with these words, as runbooks say. */
export const up =
  (...words: string[]) =>
  async () => {
    const { code, output } = await existingPulumi().run("up", ...words, "--yes", "--skip-preview");
    if (code !== 0) throw new Error(output.split("\n").slice(-40).join("\n"));
  };

/** What most runbooks say. */
export const bringBack = up("--refresh", "--run-program");

/** Runs a command of a runbook as it stands, with names for its capitals. */
export const runbook =
  (command: string, names: Record<string, string> = {}) =>
  async () => {
    const tools = await toolFolder("kubectl", (line) => console.log(line));
    const env = shellEnvironment("dev");
    const text = Object.entries(names).reduce(
      (one, [word, name]) => one.replace(word, name),
      command,
    );
    const options = { cwd: repository, env: { ...env, PATH: `${tools}:${env["PATH"]}` } };
    const { stdout } = await promisify(execFile)("bash", ["-euc", text], options);
    return stdout;
  };

/** What runbooks say of what a chart makes. */
export const reinstall = (chart: ChartName, namespace: string) => {
  const names = { NAMESPACE: namespace, RELEASE: charts[chart].release };
  return all(runbook(installAnew[0]!, names), bringBack);
};

/** What waits for a controller that mends it by itself. */
export const nothing = () => Promise.resolve();

/** The kubeconfig with something changed. */
export function otherConfig(change: (config: KubeConfig) => void): () => Look {
  return () => {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    change(config);
    return { config };
  };
}

export const inNamespace = (group: string, namespace: string, resource: string) =>
  `/${group}/namespaces/${namespace}/${resource}`;

export const deployment = (namespace: string, name: string) =>
  `${inNamespace("apis/apps/v1", namespace, "deployments")}/${name}`;
