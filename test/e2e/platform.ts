import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { request, type RequestOptions } from "node:https";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { promisify } from "node:util";
import { CoreV1Api, CustomObjectsApi, Exec, KubeConfig } from "@kubernetes/client-node";
import { clusterFolder, pulumiFolder, repository } from "../../local/lib/paths.ts";
import type { StackName } from "../../local/stack/stacks.ts";
import { findTool } from "../local/providers/integration/tools.ts";

const run = promisify(execFile);

export const kubeconfig = join(clusterFolder(), "kubeconfig");
/** What Pulumi keeps of a stack. */
export const stackState = (stack: StackName) =>
  join(pulumiFolder, `state/.pulumi/stacks/shlink-platform/${stack}.json`);

/** Runs one of the local commands as a user does, with its output shown. */
export async function local(...command: string[]): Promise<void> {
  const child = run(process.execPath, ["local/main.ts", ...command], {
    cwd: repository,
    maxBuffer: 1 << 28,
  });
  child.child.stdout?.pipe(process.stdout);
  child.child.stderr?.pipe(process.stderr);
  await child;
}

/** What kubectl prints, byte by byte. */
export function kubectl(args: string[], input = ""): Promise<Buffer> {
  const binary = findTool("kubectl") ?? "kubectl";
  const options = {
    env: { ...process.env, KUBECONFIG: kubeconfig },
    encoding: "buffer",
    maxBuffer: 1 << 28,
  } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(binary, args, options, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`${error.message} ${stderr.toString()}`)),
    );
    child.stdin?.end(input);
  });
}

export function kubernetes() {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return { config, core: config.makeApiClient(CoreV1Api) };
}

/** Items of any kind, by the path of its collection. */
export async function list(path: string): Promise<Item[]> {
  const { body } = await ask("GET", path);
  return (JSON.parse(body) as { items?: Item[] }).items ?? [];
}

/** One value of a Secret; empty where it is not there. */
export async function secretValue(namespace: string, name: string, key: string): Promise<string> {
  const { data } = await kubernetes().core.readNamespacedSecret({ namespace, name });
  return Buffer.from(data?.[key] ?? "", "base64").toString();
}

/** What Shlink's database answers, asked inside the primary's pod. */
export async function query(sql: string): Promise<string> {
  const { core } = kubernetes();
  const labelSelector = "postgres-operator.crunchydata.com/role=master";
  const { items } = await core.listNamespacedPod({ namespace: "postgres", labelSelector });
  const pod = items[0]?.metadata?.name ?? "";
  const command = ["psql", "--no-psqlrc", "-At", "-d", "shlink", "-c", sql];
  return execute({ namespace: "postgres", pod, container: "database" }, command);
}

/** What a command inside a container prints, which reads `input`. */
export async function execute(
  { namespace, pod, container }: { namespace: string; pod: string; container: string },
  command: string[],
  input?: string,
): Promise<string> {
  const output = new PassThrough();
  const stdin = input === undefined ? null : Readable.from([input]);
  let text = "";
  output.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await new Promise<void>((resolve, reject) => {
    new Exec(kubernetes().config)
      .exec(namespace, pod, container, command, output, process.stderr, stdin, false, () =>
        resolve(),
      )
      .catch(reject);
  });
  return text.trim();
}

/** Kills a pod as a node that dies does, and waits until it is gone. */
export async function kill(namespace: string, name: string): Promise<void> {
  const { core } = kubernetes();
  const uid = async () =>
    (await core.readNamespacedPod({ name, namespace }).catch(() => undefined))?.metadata?.uid;
  const before = await uid();
  await core.deleteNamespacedPod({ name, namespace, gracePeriodSeconds: 0 });
  await until(`the end of ${name}`, 60, async () => (await uid()) !== before);
}

/** What the API server logged of its requests, one by one; only of lines that have this text. */
export function auditLog<Event>(text = ""): Event[] {
  const lines = readText(join(clusterFolder(), "logs/audit.log")).split("\n");
  return lines
    .filter((line) => line !== "" && line.includes(text))
    .map((line) => JSON.parse(line) as Event);
}

/** Forces a sync of an ExternalSecret and waits until it is done. */
export async function synced(namespace: string, name: string): Promise<void> {
  const objects = kubernetes().config.makeApiClient(CustomObjectsApi);
  const which = {
    group: "external-secrets.io",
    version: "v1",
    namespace,
    plural: "externalsecrets",
    name,
  };
  const since = new Date();
  since.setMilliseconds(0);
  const body = [{ op: "add", path: "/metadata/annotations/e2e", value: `${Date.now()}` }];
  await objects.patchNamespacedCustomObject({ ...which, body });
  await until(`a sync of ${namespace}/${name}`, 300, async () => {
    const secret = (await objects.getNamespacedCustomObject(which)) as ExternalSecret;
    const { refreshTime, conditions } = secret.status;
    return (
      new Date(refreshTime) >= since && conditions.every(({ reason }) => reason === "SecretSynced")
    );
  });
}

interface ExternalSecret {
  status: { refreshTime: string; conditions: { reason: string }[] };
}

/** Whether a Vault server is unsealed, asked through the API server: it serves, or forwards to the one that does. */
export async function vaultServes(scheme: "http" | "https", pod: string): Promise<boolean> {
  const path = `/api/v1/namespaces/vault/pods/${scheme}:${pod}:8200/proxy/v1/sys/health`;
  const { status } = await ask("GET", path);
  return status === 200 || status === 429;
}

/** One request to the API server, or through it to a pod or a Service. */
export async function ask(
  method: string,
  path: string,
  { headers, body }: { headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<{ status: number; body: string }> {
  const { config } = kubernetes();
  const url = new URL(path, config.getCurrentCluster()?.server);
  const options: RequestOptions = { method, headers, timeout: 20_000 };
  await config.applyToHTTPSOptions(options);
  return new Promise((resolve, reject) => {
    const call = request(url, options, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    call.on("timeout", () => call.destroy(new Error("no answer in 20 s")));
    call.on("error", reject);
    call.end(body);
  });
}

export interface Item {
  metadata: { name: string; namespace?: string; uid?: string; labels?: Record<string, string> };
  status?: { podIP?: string };
}

export async function until(
  what: string,
  seconds: number,
  holds: () => Promise<boolean>,
): Promise<number> {
  const begun = Date.now();
  while (Date.now() - begun < seconds * 1000) {
    if (await holds().catch(() => false)) return (Date.now() - begun) / 1000;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`${what} did not happen within ${seconds} s`);
}

/** Shows a figure of the run. */
export const figure = (what: string, value: number) =>
  console.log(`      ${what}: ${value.toFixed(1)}`);

export const readText = (path: string) => readFileSync(path, "utf8");
