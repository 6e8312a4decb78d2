import { execFile } from "node:child_process";
import { mkdir, open, rename, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { volumeNearlyFull } from "../../../doctor/findings/upkeep.ts";
import { ask, list, query, until, vaultServes } from "../platform.ts";
import { all, type Fault, gone, inNamespace, patch, runbook, scale } from "./fault.ts";

const run = promisify(execFile);

/** A volume of a server, which stops and starts around a change of what is below its folder. */
interface Disk {
  namespace: string;
  /** What the name of its claim begins with. */
  claim: string;
  stop: () => Promise<unknown>;
  start: () => Promise<unknown>;
}

/** So many MiB a small file system has beyond what is in it. */
const spare = 32;
/** By so many MiB a volume grows. */
const growth = 256;

const spec = async <T>(path: string) =>
  (JSON.parse((await ask("GET", path)).body) as { spec: T }).spec;

/** The folder on this machine that is a claim's volume. */
async function folderOf({ namespace, claim }: Disk): Promise<string> {
  const claims = inNamespace("api/v1", namespace, "persistentvolumeclaims");
  const own = (await list(claims)).find(({ metadata }) => metadata.name.startsWith(claim));
  if (own === undefined) throw new Error(`${namespace} has no claim ${claim}`);
  const { volumeName } = await spec<{ volumeName: string }>(`${claims}/${own.metadata.name}`);
  const { local } = await spec<{ local: { path: string } }>(
    `/api/v1/persistentvolumes/${volumeName}`,
  );
  return local.path;
}

const aside = (folder: string) => `${folder}.whole`;

async function copy(from: string, to: string): Promise<void> {
  await run("cp", ["-a", `${from}/.`, to]);
  for (const change of ["chown", "chmod"]) await run(change, [`--reference=${from}`, to]);
}

/** Puts a file system of its own under a volume, little larger than what is in it: in memory, so that no disk of the host fills. */
const narrow = (disk: Disk) => async () => {
  const folder = await folderOf(disk);
  await disk.stop();
  await rename(folder, aside(folder));
  await mkdir(folder);
  const { stdout } = await run("du", ["--summarize", "--block-size=1M", aside(folder)]);
  const size = `size=${Number.parseInt(stdout, 10) + spare}m`;
  await run("mount", ["-t", "tmpfs", "-o", size, "shlink-fault", folder]);
  await copy(aside(folder), folder);
  await disk.start();
};

/** Writes a file until nothing more can be written. */
const fill = (disk: Disk, file: string) => async () => {
  const handle = await open(join(await folderOf(disk), file), "w", 0o666);
  try {
    for (const size of [1 << 20, 1 << 12]) await append(handle, Buffer.alloc(size));
  } finally {
    await handle.close();
  }
};

async function append(handle: Awaited<ReturnType<typeof open>>, block: Buffer): Promise<void> {
  try {
    for (;;) await handle.writeFile(block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}

/** Lets the file system grow around the server that runs on it, as a StorageClass that can does. */
const grow = (disk: Disk) => async () => {
  const folder = await folderOf(disk);
  const { stdout } = await run("df", ["--block-size=1M", "--output=size", folder]);
  const size = Number.parseInt(stdout.split("\n")[1] ?? "", 10) + growth;
  await run("mount", ["-o", `remount,size=${size}m`, folder]);
};

/** Gives the volume its own folder back, with what is in it now. */
const widen = (disk: Disk, file: string) => async () => {
  const folder = await folderOf(disk);
  await disk.stop();
  await rm(join(folder, file), { force: true });
  await rm(aside(folder), { recursive: true });
  await mkdir(aside(folder));
  await copy(folder, aside(folder));
  await run("umount", [folder]);
  await rmdir(folder);
  await rename(aside(folder), folder);
  await disk.start();
};

const pods = (namespace: string) => inNamespace("api/v1", namespace, "pods");

const vault = `${inNamespace("apis/apps/v1", "vault", "statefulsets")}/vault`;
const auditLog: Disk = {
  namespace: "vault",
  claim: "audit-vault-0",
  stop: all(scale(vault, 0), gone(pods("vault"), "vault-0")),
  start: all(scale(vault, 1), () =>
    until("an open Vault", 180, () => vaultServes("http", "vault-0")),
  ),
};

const cluster = `${inNamespace("apis/postgres-operator.crunchydata.com/v1beta1", "postgres", "postgresclusters")}/shlink-db`;
const database: Disk = {
  namespace: "postgres",
  claim: "shlink-db-",
  stop: all(patch(cluster, { spec: { shutdown: true } }), gone(pods("postgres"), "shlink-db-")),
  start: all(patch(cluster, { spec: { shutdown: null } }), () =>
    until("a primary", 240, async () => (await query("select 1")) === "1"),
  ),
};

const [emptied = ""] = volumeNearlyFull.mend ?? [];

export const diskFaults: Fault[] = [
  {
    finding: "volume-nearly-full",
    what: "an audit log of Vault's that has no room",
    says: /vault\/vault-0:\/vault\/audit is 100 % full/,
    inject: all(narrow(auditLog), fill(auditLog, "audit.log.1")),
    mend: runbook(emptied, { POD: "vault-0" }),
    putBack: widen(auditLog, "audit.log.1"),
  },
  {
    finding: "volume-nearly-full",
    what: "a volume of PostgreSQL's that has no room",
    says: /postgres\/shlink-db-.*:\/pgdata is 100 % full/,
    inject: all(narrow(database), fill(database, "filler")),
    mend: grow(database),
    putBack: widen(database, "filler"),
  },
];
