import { createWriteStream, rmSync } from "node:fs";
import { open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { verifySnapshot } from "./archive.ts";
import { environmentOf } from "./environment.ts";
import { VaultClient } from "./vault.ts";

const variable = environmentOf<"snapshot.ts">();
const folder = variable("SNAPSHOT_FOLDER");
const keep = Number(variable("KEEP"));
const partial = join(folder, "partial");
const finished = /^vault-\d{8}T\d{6}Z\.snap$/;

process.on("SIGTERM", () => {
  rmSync(partial, { force: true });
  process.exit(1);
});

try {
  await takeSnapshot();
} catch (error) {
  console.error(`No snapshot was made: ${(error as Error).message}`);
  await rm(partial, { force: true });
  process.exit(1);
}

async function takeSnapshot(): Promise<void> {
  await saveSnapshot();
  const { size } = await stat(partial);
  const name = `vault-${new Date().toISOString().replace(/[-:]|\.\d+/g, "")}.snap`;
  await rename(partial, join(folder, name));
  await syncFolder();
  const { kept, removed } = await pruneSnapshots();
  console.log(`${name}: ${size} bytes; ${kept} snapshots are kept, ${removed} removed.`);
}

/** Writes to another name: nothing has the name of a snapshot before it is whole and on the disk. */
async function saveSnapshot(): Promise<void> {
  const active = await activeServer();
  const token = await active.logIn(variable("VAULT_LOGIN"), variable("VAULT_ROLE"));
  const body = await active.download("sys/storage/raft/snapshot", token);
  // One that an earlier run left is overwritten.
  await pipeline(body, createWriteStream(partial, { mode: 0o600, flush: true }));
  await verifySnapshot(partial);
}

/** The server to ask: a standby would fetch the whole from the active server into its memory, and only then pass it on. */
async function activeServer(): Promise<VaultClient> {
  const ca = variable("VAULT_CACERT", "");
  const any = new VaultClient(variable("VAULT_ADDRESS"), ca);
  const ask = () => any.must<{ leader_address?: string }>("GET", "sys/leader");
  const leader = await untilConnected(ask);
  if (!leader.leader_address) throw new Error(`${any.address} knows of no active server`);
  return new VaultClient(leader.leader_address, ca);
}

/** Tries for ten seconds: network policies of the other side may know the address of a new pod only after a moment. */
async function untilConnected<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = 20; ; left--) {
    try {
      return await ask();
    } catch (error) {
      if (left === 0 || (error as NodeJS.ErrnoException).code !== "ECONNREFUSED") throw error;
    }
    await sleep(500);
  }
}

/** Writes the folder's entries to the disk: they, too, have to outlive a crash of the node. */
async function syncFolder(): Promise<void> {
  const handle = await open(folder);
  await handle.sync();
  await handle.close();
}

/** Removes all but the newest; their names sort as their times do. */
async function pruneSnapshots(): Promise<{ kept: number; removed: number }> {
  const names = (await readdir(folder)).filter((name) => finished.test(name)).sort();
  const old = names.slice(0, -keep);
  for (const name of old) await rm(join(folder, name));
  return { kept: names.length - old.length, removed: old.length };
}
