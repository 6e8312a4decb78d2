import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { loginOf } from "../components/database/login.ts";
import { verifySnapshot } from "../incluster/archive.ts";
import { runCommand, WrongArguments } from "../effects/command.ts";
import { readKeys } from "./keys-file.ts";
import { pulumiCli } from "./pulumi.ts";
import { restoreDatabase } from "./restore-database.ts";
import { openStackTools } from "./tools.ts";

const USAGE = `Usage: npm run restore -- --to-time TIME|--to-end [--overwrite] [--no-up] [--stack NAME] [-- ARGUMENTS OF PULUMI UP]
       npm run restore -- --vault SNAPSHOT --keys FILE [--overwrite] [--no-up] [--stack NAME] [-- ARGUMENTS OF PULUMI UP]
  Takes PostgreSQL back to a moment: looks whether the archive has it and what would be lost, writes database.restore into the
  stack file, runs pulumi up, and tells how it goes. Or puts a snapshot into Vault: compares its checksums, empties the servers,
  restores it, and opens them with the keys of its time. Without --overwrite nothing that lives is touched.
  --to-time    a time with its zone, such as "2026-01-31 12:00:00+00"
  --to-end     the end of the archive
  --vault      a file that CronJob vault-snapshot wrote
  --keys       the file that npm run vault-keys -- save wrote at its time
  --overwrite  replace the data of the servers
  --no-up      leave pulumi up to you or to your pipeline
  --stack      the stack; default: the one that is selected`;

const options = {
  "to-time": { type: "string" },
  "to-end": { type: "boolean", default: false },
  vault: { type: "string" },
  keys: { type: "string" },
  overwrite: { type: "boolean", default: false },
  "no-up": { type: "boolean", default: false },
  stack: { type: "string" },
} as const;

function readArguments(args: string[]) {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const { values } = parseArgs({ args: args.slice(0, end), options });
  const { "to-time": target, "to-end": toEnd, vault, keys } = values;
  const ways = [target !== undefined, toEnd, vault !== undefined].filter(Boolean);
  if (ways.length !== 1)
    throw new WrongArguments("Say where to go by one of --to-time, --to-end and --vault.");
  if ((vault === undefined) !== (keys === undefined))
    throw new WrongArguments(
      "--vault and --keys go together: a snapshot, and the keys of its time.",
    );
  const { overwrite, "no-up": noUp, stack } = values;
  return { target, vault, keys, overwrite, noUp, stack, more: args.slice(end + 1) };
}

type Arguments = ReturnType<typeof readArguments>;

async function main(args: string[]): Promise<void> {
  const chosen = readArguments(args);
  const { vault: snapshotFile, keys: keysFile } = chosen;
  if (snapshotFile === undefined || keysFile === undefined) return toMoment(chosen);
  return fromSnapshot(chosen, snapshotFile, keysFile);
}

/** The files are read before anybody is asked, so that nothing is touched for one that is not whole. */
async function fromSnapshot(
  { overwrite, noUp, stack, more }: Arguments,
  snapshotFile: string,
  keysFile: string,
): Promise<void> {
  const snapshot = await readSnapshot(snapshotFile);
  const keys = readKeys(keysFile);
  const { parseSettings } = await import("../settings/index.ts");
  const pulumi = pulumiCli(stack, more);
  const { vault, cluster } = parseSettings("The stack file", await pulumi.settings());
  if (vault.mode !== "install")
    throw new Error("The stack installs no Vault: its snapshots are those of whoever runs it.");
  const { restoreVault } = await import("./restore-vault.ts");
  const { replicas, seal } = vault;
  const plan = { snapshot, keys, keysFile, replicas, unseals: seal.mode === "shamir" };
  await restoreVault({ ...plan, overwrite, noUp }, await openStackTools(cluster.context, pulumi));
}

async function readSnapshot(file: string): Promise<Buffer> {
  try {
    await verifySnapshot(file);
  } catch (error) {
    throw new Error(
      `${file} is no snapshot that can be restored (${(error as Error).message}): name a file that CronJob vault-snapshot wrote.`,
      { cause: error },
    );
  }
  return readFile(file);
}

async function toMoment({ target, overwrite, noUp, stack, more }: Arguments): Promise<void> {
  // The settings take a second to load, which a wrong argument is spared.
  const { parseSettings } = await import("../settings/index.ts");
  const pulumi = pulumiCli(stack, more);
  const raw = await pulumi.settings();
  const database = (raw["database"] ?? {}) as { mode?: string; rotation?: number };
  if (database.mode === "outside")
    throw new Error("The database is somebody else's, and so are its backups: ask its owner.");
  const id = `restore-${new Date()
    .toISOString()
    .replace(/[-:]|\.\d+/g, "")
    .toLowerCase()}`;
  const restore = { mode: "inPlace", id, ...(target !== undefined && { target }) };
  const settings = parseSettings("The stack file with this restore", {
    ...raw,
    database: { ...database, restore },
  });
  const tools = await openStackTools(settings.cluster.context, pulumi);
  const login = loginOf(database.rotation ?? 0);
  await restoreDatabase({ id, target, overwrite, noUp, login }, tools);
}

await runCommand(USAGE, main);
