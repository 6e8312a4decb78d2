import assert from "node:assert/strict";
import { before, it } from "mocha";
import { vaultServerDown } from "../../../doctor/findings/vault.ts";
import { configFile } from "../../../local/stack/environment.ts";
import { selectorText, workloads } from "../../../platform/workloads.ts";
import { blocksOf } from "../../docs/support/runbooks.ts";
import { pulumi } from "../commands.ts";
import { wellAgain } from "../doctor.ts";
import { entry } from "../outside/variant.ts";
import { ask, execute, kill, list, until, vaultServes } from "../platform.ts";
import { underRedirects } from "../redirects.ts";
import { all, type Fault, inNamespace, remove, runbook, scale } from "./fault.ts";
import { isNamed } from "./named.ts";
import { hang } from "./node.ts";

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

/** Changes one setting, and has `pulumi up` follow it. */
export async function becomes(path: string, value: string): Promise<void> {
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

/** Runs Vault's client in a server, logged in as the deployer. */
export const asDeployer = (script: string) =>
  runbook(
    `kubectl -n vault create token vault-deployer --audience=vault | tr -d '\\n' |
      kubectl -n vault exec -i vault-0 -c vault -- sh -c '
        export VAULT_TOKEN=$(vault write -field=token auth/deployer/login role=deployer jwt=-)
        ${script}'`,
  )();

/** The commands of docs/vault.md by which servers leave. */
const leave = () =>
  blocksOf("docs/vault.md").find(({ text }) => text.includes("raft remove-peer"))?.text ?? "";

/** Waits until so many servers are open, and one of them leads. */
const open = (servers: number) =>
  until(`${servers} open servers`, 180, async () => {
    const names = Array.from({ length: servers }, (_, index) => `vault-${index}`);
    const states = await Promise.all(names.map((name) => vaultServes("http", name)));
    return states.every(Boolean) && /^HA Mode +active/m.test(await status());
  });

const status = async () =>
  (await Promise.all(["vault-0", "vault-1", "vault-2"].map(statusOf))).join("\n");
const statusOf = (pod: string) =>
  execute({ namespace: "vault", pod, container: "vault" }, ["vault", "status"]).catch(() => "");

/** What takes several servers. */
export const serverFaults: Fault[] = [
  {
    finding: "vault-server-down",
    what: "a server that hangs",
    inject: hang("vault", "vault-2", "vault"),
    mend: all(runbook(vaultServerDown.mend![0]!, { POD: "vault-2" }), () => open(3)),
  },
  {
    finding: "vault-without-leader",
    what: "one server of three",
    inject: scale(set, 1),
    mend: all(scale(set, 3), () => open(3)),
  },
];

/** Tests that walk settings of Vault's that must not lose data, there and back, on running stack dev. */
export function followsVaultsSettings(): void {
  changesServers();
  changesLog();
}

function changesServers(): void {
  const kept = async () =>
    (await asDeployer("vault kv get -mount=secret -field=value e2e/walk")).trim();

  before(async () => {
    await becomes("vault.replicas", "3");
    await open(3);
    await asDeployer("vault kv put -mount=secret e2e/walk value=kept");
  });

  for (const fault of serverFaults) isNamed(fault);

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
      await runbook(leave())();
      await becomes("vault.replicas", "1");
    });
    assert.deepEqual(failures, []);
    await open(1);
    assert.equal(await kept(), "kept");
    await kill("vault", "vault-0");
    await open(1);
    assert.equal(await kept(), "kept");
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
