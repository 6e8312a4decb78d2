import assert from "node:assert/strict";
import { before, it } from "mocha";
import { configFile } from "../../../local/stack/environment.ts";
import { selectorText, workloads } from "../../../platform/workloads.ts";
import { pulumi } from "../commands.ts";
import { wellAgain } from "../doctor.ts";
import { entry } from "../outside/variant.ts";
import { ask, execute, kill, list, secretValue, until, vaultServes } from "../platform.ts";
import { underRedirects } from "../redirects.ts";
import { inNamespace, remove, runbook, scale } from "./fault.ts";

const set = `${inNamespace("apis/apps/v1", "vault", "statefulsets")}/vault`;
const claims = inNamespace("api/v1", "vault", "persistentvolumeclaims");
const well = () => wellAgain(configFile("dev"), 300);

/** Changes one setting of the stack file that the local cluster has. */
export async function change(path: string, value: string): Promise<void> {
  const key = `shlink-platform:settings.${path}`;
  const { code, output } = await pulumi("dev", "config", "set", "--path", key, value);
  assert.equal(code, 0, output);
}

const up = () => pulumi("dev", "up", "--yes", "--skip-preview");

async function becomes(path: string, value: string): Promise<void> {
  await change(path, value);
  const { code, output } = await up();
  assert.equal(code, 0, output);
}

async function isRefused(path: string, value: string, sentence: RegExp): Promise<void> {
  await change(path, value);
  const { code, output } = await up();
  assert.notEqual(code, 0);
  assert.match(output, sentence);
}

/** What a script prints in a server of Vault's, which reads a token first. */
const inVault = (script: string, token = "", pod = "vault-0") =>
  execute(
    { namespace: "vault", pod, container: "vault" },
    ["sh", "-c", `read -r VAULT_TOKEN; export VAULT_TOKEN; ${script}`],
    `${token}\n`,
  );

/** A root token, made with the unseal key as docs/vault.md says. */
async function rootToken(): Promise<string> {
  const begun = await inVault("vault operator generate-root -init -format=json");
  const { nonce, otp } = JSON.parse(begun) as { nonce: string; otp: string };
  const key = await secretValue("vault", "vault-unseal-keys", "unseal-key-0");
  const give = `read -r key; echo "$key" | vault operator generate-root -nonce=${nonce} -format=json -`;
  const given = await execute(
    { namespace: "vault", pod: "vault-0", container: "vault" },
    ["sh", "-c", give],
    `${key}\n`,
  );
  const { encoded_token } = JSON.parse(given) as { encoded_token: string };
  return inVault(`vault operator generate-root -decode=${encoded_token} -otp=${otp}`);
}

/** Waits until so many servers are open, and one of them leads. */
const open = (servers: number) =>
  until(`${servers} open servers`, 180, async () => {
    const names = Array.from({ length: servers }, (_, index) => `vault-${index}`);
    const states = await Promise.all(names.map((name) => vaultServes("http", name)));
    return states.every(Boolean) && /^HA Mode +active/m.test(await status());
  });

/** Lets a server leave the raft: the others may have to choose another leader meanwhile. */
const leaves = (peer: string, token: string) =>
  until(`the leave of ${peer}`, 60, async () => {
    await inVault(`vault operator raft remove-peer ${peer}`, token);
    const peers = await inVault("vault operator raft list-peers", token);
    return peers.includes("vault-0") && !peers.includes(peer);
  });

const status = async () =>
  (await Promise.all(["vault-0", "vault-1", "vault-2"].map(statusOf))).join("\n");
const statusOf = (pod: string) => inVault("vault status || true", "", pod).catch(() => "");

/** Tests that walk settings of Vault's that must not lose data, there and back, on running stack dev. */
export function followsVaultsSettings(): void {
  changesServers();
  changesLog();
}

function changesServers(): void {
  let token = "";

  before(async () => {
    await becomes("vault.replicas", "3");
    await open(3);
    token = await rootToken();
    await inVault("vault kv put -mount=secret e2e/walk value=kept >/dev/null", token);
  });

  it("fewer servers, which is refused while the others vote, whether they run or not", async () => {
    await isRefused("vault.replicas", "1", /3 servers vote in Vault's raft/);
    await scale(set, 1)();
    await until("a Vault without a leader", 120, async () => !/active/.test(await status()));
    await isRefused("vault.replicas", "1", /no server of Vault leads/);
    await scale(set, 3)();
    await open(3);
  });

  it("fewer servers, once the others have left, under redirects and with all data", async () => {
    const { failures } = await underRedirects({ entry, perSecond: 10, atMost: 540 }, async () => {
      for (const peer of ["vault-2", "vault-1"]) await leaves(peer, token);
      await scale(set, 1)();
      await becomes("vault.replicas", "1");
    });
    assert.deepEqual(failures, []);
    await open(1);
    const read = "vault kv get -mount=secret -field=value e2e/walk";
    assert.equal(await inVault(read, token), "kept");
    await kill("vault", "vault-0");
    await open(1);
    assert.equal(await inVault(read, token), "kept");
    await inVault("vault token revoke -self", token);
    await well();
  });

  it("more servers again, which is refused until the claims of those that left are gone", async () => {
    await isRefused("vault.replicas", "3", /claim vault\/data-vault-1 has what a server knew/);
    for (const index of [1, 2]) await remove(`${claims}/data-vault-${index}`)();
    await becomes("vault.replicas", "3");
    await open(3);
    await well();
  });
}

function changesLog(): void {
  it("no audit log, which ends before its volume goes, so that a server that starts anew answers", async () => {
    await becomes("vault.audit.mode", "none");
    const { spec } = JSON.parse((await ask("GET", set)).body) as {
      spec: { volumeClaimTemplates: { metadata: { name: string } }[] };
    };
    assert.deepEqual(
      spec.volumeClaimTemplates.map(({ metadata }) => metadata.name),
      ["data"],
    );
    for (const pod of ["vault-0", "vault-1", "vault-2"]) await kill("vault", pod);
    await open(3);
    await well();
    const names = (await list(claims)).map(({ metadata }) => metadata.name);
    assert.ok(names.includes("audit-vault-0"), "the log so far was deleted");
  });

  it("the audit log again, which is refused until the servers are made anew as docs/vault.md says", async () => {
    await isRefused("vault.audit.mode", "file", /has no volume for the log/);
    await runbook("kubectl -n vault delete statefulset vault --cascade=orphan")();
    await runbook(`kubectl -n vault delete pods -l ${selectorText(workloads.vault.labels)}`)();
    await becomes("vault.audit.mode", "file");
    await open(3);
    await well();
  });
}
