import { createWriteStream, readFileSync, rmSync } from "node:fs";
import { open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { verifySnapshot } from "./archive.ts";
import { VaultClient } from "./vault.ts";

/** What the Job is told by its environment. */
const environment = {
  /** Any server. */
  address: required("VAULT_ADDRESS"),
  /** Mount path and role of the login. */
  login: required("VAULT_LOGIN"),
  role: required("VAULT_ROLE"),
  folder: required("SNAPSHOT_FOLDER"),
  /** How many snapshots stay. */
  keep: Number(required("KEEP")),
};
const partial = join(environment.folder, "partial");
const finished = /^vault-\d{8}T\d{6}Z\.snap$/;

process.on("SIGTERM", () => {
  rmSync(partial, { force: true });
  process.exit(1);
});

try {
  await snapshot();
} catch (error) {
  console.error(`No snapshot was made: ${reasonOf(error)}`);
  await rm(partial, { force: true });
  process.exit(1);
}

async function snapshot(): Promise<void> {
  await saved();
  const { size } = await stat(partial);
  const name = `vault-${new Date().toISOString().replace(/[-:]|\.\d+/g, "")}.snap`;
  await rename(partial, join(environment.folder, name));
  await synced(environment.folder);
  const { kept, removed } = await pruned();
  console.log(`${name}: ${size} bytes; ${kept} snapshots are kept, ${removed} removed.`);
}

/** Nothing has the name of a snapshot before it is whole and on the disk. */
async function saved(): Promise<void> {
  const active = await activeServer();
  const token = await loggedIn(active);
  const body = await active.stream("sys/storage/raft/snapshot", token);
  // One that an earlier run left is overwritten.
  await pipeline(body, createWriteStream(partial, { mode: 0o600, flush: true }));
  await verifySnapshot(partial);
}

/** A standby would fetch the whole from the active server into its memory, and only then pass it on. */
async function activeServer(): Promise<VaultClient> {
  const any = new VaultClient(environment.address);
  const leader = await any.must<{ leader_address?: string }>("GET", "sys/leader");
  if (!leader.leader_address) throw new Error(`${any.address} knows of no active server`);
  return new VaultClient(leader.leader_address);
}

async function loggedIn(server: VaultClient): Promise<string> {
  const jwt = readFileSync("/var/run/secrets/vault/token", "utf8");
  const login = await server.must<{ auth: { client_token: string } }>(
    "POST",
    `auth/${environment.login}/login`,
    { body: { role: environment.role, jwt } },
  );
  return login.auth.client_token;
}

/** The entry in the folder, too, has to outlive a crash of the node. */
async function synced(folder: string): Promise<void> {
  const handle = await open(folder);
  await handle.sync();
  await handle.close();
}

/** Their names sort as their times do. */
async function pruned(): Promise<{ kept: number; removed: number }> {
  const names = (await readdir(environment.folder)).filter((name) => finished.test(name)).sort();
  const old = names.slice(0, -environment.keep);
  for (const name of old) await rm(join(environment.folder, name));
  return { kept: names.length - old.length, removed: old.length };
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "ECONNRESET" ? "the connection to Vault was cut" : message;
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`The environment lacks ${name}.`);
  return value;
}
