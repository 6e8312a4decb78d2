import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { request, type RequestOptions } from "node:https";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { promisify } from "node:util";
import { CoreV1Api, Exec, KubeConfig } from "@kubernetes/client-node";
import { defaultStateDir, nodeAddress } from "../../local/cluster/index.ts";
import { pulumiFolder, repository } from "../../local/paths.ts";
import { existingPulumi } from "../../local/pulumi.ts";
import type { Entry } from "../../local/smoke.ts";

const run = promisify(execFile);

export const kubeconfig = join(defaultStateDir(), "kubeconfig");
export const entry: Entry = { address: nodeAddress, port: 30080, host: "shlink.local" };
export const stackState = join(pulumiFolder, "state/.pulumi/stacks/shlink-platform/dev.json");

export const pulumi = () => existingPulumi();

/** Runs one of the local commands as a user does, with its output shown. */
export async function local(command: string): Promise<void> {
  const child = run(process.execPath, ["local/main.ts", command], {
    cwd: repository,
    maxBuffer: 1 << 28,
  });
  child.child.stdout?.pipe(process.stdout);
  child.child.stderr?.pipe(process.stderr);
  await child;
}

export function kubernetes() {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return { config, core: config.makeApiClient(CoreV1Api) };
}

/** Items of any kind, by the path of its collection. */
export async function list(path: string): Promise<Item[]> {
  const { body } = await get(path);
  return (JSON.parse(body) as { items?: Item[] }).items ?? [];
}

/** What Shlink's database answers, asked inside the primary's pod. */
export async function query(sql: string): Promise<string> {
  const { config, core } = kubernetes();
  const labelSelector = "postgres-operator.crunchydata.com/role=master";
  const { items } = await core.listNamespacedPod({ namespace: "postgres", labelSelector });
  const pod = items[0]?.metadata?.name ?? "";
  const command = ["psql", "--no-psqlrc", "-At", "-d", "shlink", "-c", sql];
  const output = new PassThrough();
  let text = "";
  output.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await new Promise<void>((resolve, reject) => {
    new Exec(config)
      .exec("postgres", pod, "database", command, output, process.stderr, null, false, () =>
        resolve(),
      )
      .catch(reject);
  });
  return text.trim();
}

/** Whether a Vault server is unsealed and serves, asked through the API server. */
export async function vaultServes(pod: string): Promise<boolean> {
  const { status } = await get(
    `/api/v1/namespaces/vault/pods/http:${pod}:8200/proxy/v1/sys/health`,
  );
  return status === 200;
}

async function get(path: string): Promise<{ status: number; body: string }> {
  const { config } = kubernetes();
  const url = new URL(path, config.getCurrentCluster()?.server);
  const options: RequestOptions = { method: "GET" };
  await config.applyToHTTPSOptions(options);
  return new Promise((resolve, reject) => {
    const call = request(url, options, (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => (body += chunk.toString()));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    call.on("error", reject);
    call.end();
  });
}

export interface Item {
  metadata: { name: string; namespace?: string };
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

export const readText = (path: string) => readFileSync(path, "utf8");
