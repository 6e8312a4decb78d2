import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "../commands.ts";
import { newestSnapshot } from "../vault-snapshot.ts";
import { all, type Fault, gone, inNamespace, remove, scale } from "./fault.ts";
import { becomes } from "./vault.ts";

const set = `${inNamespace("apis/apps/v1", "vault", "statefulsets")}/vault`;
const pods = inNamespace("api/v1", "vault", "pods");
const claims = inNamespace("api/v1", "vault", "persistentvolumeclaims");
const data = "data-vault-0";

/** Where the snapshot and the keys are kept meanwhile. */
let folder = "";
const kept = () => ({ snapshot: join(folder, "vault.snap"), keys: join(folder, "keys.yaml") });

async function run(script: string, ...args: string[]): Promise<void> {
  const { code, output } = await command("dev", script, ...args);
  assert.equal(code, 0, output);
}

/** Takes a snapshot and the keys of its time out of the cluster, as docs/vault.md says. */
async function save(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), "shlink-platform-vault-"));
  await run("backup", "vault");
  await run("vault-keys", "save", kept().keys);
  await writeFile(kept().snapshot, await newestSnapshot());
}

const restore = () =>
  run("restore", "--vault", kept().snapshot, "--keys", kept().keys, "--overwrite");

const forget = () => rm(folder, { recursive: true });

export const vaultDataFaults: Fault[] = [
  {
    finding: "vault-uninitialised",
    what: "a server whose volume was lost",
    says: /^vault-0 is not initialised$/,
    inject: all(
      () => becomes("vault.snapshots.mode", "volume"),
      save,
      scale(set, 0),
      gone(pods, "vault-0"),
      remove(`${claims}/${data}`),
      gone(claims, data),
      scale(set, 1),
    ),
    mend: restore,
    putBack: all(() => becomes("vault.snapshots.mode", "none"), forget),
  },
];
