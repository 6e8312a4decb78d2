import { createHash } from "node:crypto";
import { releaseName } from "../components/vault/names.ts";
import type { Target } from "../effects/exec.ts";
import { podsPath } from "../effects/pods.ts";
import { selectorText, workloads } from "../platform/workloads.ts";
import { type Keys, putBack } from "./keys-file.ts";
import { restartPod, runningPods, until } from "./pods.ts";
import { read, readList, refused } from "./read.ts";
import type { Tools } from "./tools.ts";

export interface VaultRestore {
  /** The snapshot, whose checksums were compared. */
  snapshot: Buffer;
  /** The keys of its time, and the name of their file. */
  keys: Keys;
  keysFile: string;
  /** How many servers the stack has. */
  replicas: number;
  /** Whether an unsealer gives them their keys, or they open themselves. */
  unseals: boolean;
  /** Whether what Vault holds now may be given up. */
  overwrite: boolean;
  /** Whether `pulumi up` is left to others. */
  noUp: boolean;
}

const { namespace, labels } = workloads.vault;
const core = `/api/v1/namespaces/${namespace}`;
const server: Target = { namespace, pod: `${releaseName}-0`, container: "vault" };
const servers = `/apis/apps/v1/namespaces/${namespace}/statefulsets/${releaseName}`;
const unsealer = `/apis/apps/v1/namespaces/${namespace}/deployments/vault-unsealer`;

/** Keys and tokens go through the standard input, and by a shell's own `echo`: no process has them as an argument. */
const scripts = {
  status: "vault status -format=json || true",
  take: "base64 -d > /tmp/restore.snap && sha256sum < /tmp/restore.snap",
  initialise: (kind: "key" | "recovery") =>
    `vault operator init -${kind}-shares=1 -${kind}-threshold=1 -format=json`,
  unseal: 'read -r key; echo "$key" | vault write sys/unseal key=- > /dev/null',
  restore:
    "read -r VAULT_TOKEN; export VAULT_TOKEN; vault operator raft snapshot restore -force /tmp/restore.snap",
  forgotten:
    "read -r VAULT_TOKEN; export VAULT_TOKEN; vault token lookup 2>&1 | grep -q 'permission denied' && echo forgotten || true",
};

interface Status {
  initialized: boolean;
  sealed: boolean;
  /** Whether this server leads. */
  is_self?: boolean;
}

/**
 * Puts a snapshot into empty servers and opens them with the keys of its time. Interrupted, it begins anew when it is run again.
 * @throws Error with a sentence where there is no Vault, or it holds what nobody gave up.
 */
export async function restoreVault(plan: VaultRestore, tools: Tools): Promise<void> {
  await refuseLiveData(plan, tools);
  await emptyServers(tools);
  await takeSnapshot(plan, tools);
  await openServers(plan, tools);
  if (plan.noUp)
    return tools.report("Now run pulumi up --refresh --run-program, or let your pipeline do it.");
  await tools.pulumi.up("--refresh", "--run-program");
  tools.report("Vault is restored, and has the passwords of the stack's state");
}

interface Claim {
  metadata: { name: string; creationTimestamp?: string };
}

async function claims({ ask }: Tools): Promise<Claim[]> {
  const path = `${core}/persistentvolumeclaims`;
  const what = `The list of volumes in ${namespace}`;
  const items = await readList<Claim>(ask, path, what);
  return items.filter(({ metadata }) => metadata.name.startsWith(`data-${releaseName}-`));
}

async function refuseLiveData({ overwrite }: VaultRestore, tools: Tools): Promise<void> {
  await read(tools.ask, servers, `StatefulSet ${namespace}/${releaseName}`);
  const held = await claims(tools);
  if (held.length === 0) return;
  const names = held.map(({ metadata }) => metadata.name).join(", ");
  const loss = `Vault has volumes (${names}), and what they hold would be given up.`;
  if (overwrite) return tools.report(loss);
  throw new Error(
    `The snapshot and the file of keys are whole, and nothing was changed. ${loss} Give --overwrite to restore.`,
  );
}

/** Leaves one server without data, and nobody who would give it keys. */
async function emptyServers(tools: Tools): Promise<void> {
  tools.report("Stopping the servers, and whoever unseals them");
  await scale(tools, unsealer, 0);
  await scale(tools, servers, 0);
  const path = podsPath(namespace, selectorText(labels));
  await until("the end of Vault's servers", tools, async () => {
    const what = `The list of pods in ${namespace}`;
    return (await readList(tools.ask, path, what)).length === 0;
  });
  tools.report("Giving up their volumes");
  for (const { metadata } of await claims(tools)) {
    const claim = `${core}/persistentvolumeclaims/${metadata.name}`;
    const gone = await tools.ask(claim, { method: "DELETE" });
    if (gone.status >= 300 && gone.status !== 404)
      throw refused(`Volume ${metadata.name} cannot be deleted`, gone);
  }
  await until("the end of the volumes", tools, async () => (await claims(tools)).length === 0);
  tools.report("Starting one empty server");
  await scale(tools, servers, 1);
  await until("an empty server", tools, async () => {
    const [pod] = await runningPods(tools.ask, "vault", "vault");
    return pod !== undefined && (await statusOf(tools))?.initialized === false;
  });
}

/** A set that is not there has nothing to be scaled: servers that open themselves have no unsealer. */
async function scale({ ask }: Tools, path: string, replicas: number): Promise<void> {
  const answer = await ask(path, { method: "PATCH", body: { spec: { replicas } } });
  if (answer.status === 200 || (answer.status === 404 && path === unsealer)) return;
  throw refused(`${path.split("/").slice(-2).join(" ")} cannot be scaled`, answer);
}

const run = async ({ execute }: Tools, script: string, input = "") =>
  execute(server, ["sh", "-c", script], `${input}\n`);

/** Says how the server is; undefined while it does not answer. */
async function statusOf(tools: Tools): Promise<Status | undefined> {
  const text = await run(tools, scripts.status).catch(() => "");
  return text.includes("{") ? (JSON.parse(text) as Status) : undefined;
}

interface Initialisation {
  unseal_keys_b64: string[];
  root_token: string;
}

/** The key and the token of this server end with it: the snapshot knows neither. */
async function takeSnapshot({ snapshot, unseals }: VaultRestore, tools: Tools): Promise<void> {
  tools.report(`Bringing the snapshot to ${namespace}/${server.pod}: ${snapshot.length} bytes`);
  const sum = createHash("sha256").update(snapshot).digest("hex");
  const content = snapshot.toString("base64");
  await until("the whole snapshot in the server", tools, async () =>
    (await run(tools, scripts.take, content).catch(() => "")).startsWith(sum),
  );
  const text = await run(tools, scripts.initialise(unseals ? "key" : "recovery"));
  const { unseal_keys_b64: [key = ""] = [], root_token: token } = JSON.parse(
    text,
  ) as Initialisation;
  if (unseals) await run(tools, scripts.unseal, key);
  // One that does not lead yet would be asked again by Vault's client with what is left of the file: nothing.
  await until("a server that leads", tools, async () => (await statusOf(tools))?.is_self === true);
  tools.report("Restoring it");
  await run(tools, scripts.restore, token).catch((error: unknown) => {
    throw new Error(
      `Vault does not take the snapshot: ${(error as Error).message.trim()}. Run this again.`,
      { cause: error },
    );
  });
  const isOld = unseals
    ? async () => (await statusOf(tools))?.sealed === true
    : async () => (await run(tools, scripts.forgotten, token)).includes("forgotten");
  await until("a server with the data of the snapshot", tools, isOld);
}

/** A server that runs on would combine as many keys as its own were split into: it starts anew. */
async function openServers(plan: VaultRestore, tools: Tools): Promise<void> {
  await putBack(tools, plan.keysFile, plan.keys, true);
  tools.report(`Starting ${namespace}/${server.pod} anew, and opening it with the old keys`);
  await scale(tools, unsealer, 1);
  await restartPod(tools, server).catch((error: unknown) => {
    throw new Error(
      `The server did not open. Are ${plan.keysFile} (--keys) the keys of the snapshot's time? Name the right ones, and run this again.`,
      { cause: error },
    );
  });
  tools.report(`Vault is open; it gets its ${plan.replicas} servers back`);
  await scale(tools, servers, plan.replicas);
}
