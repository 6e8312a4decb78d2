import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { beforeEach, describe, it } from "mocha";
import type { Keys } from "../../operate/keys-file.ts";
import { restoreVault, type VaultRestore } from "../../operate/restore-vault.ts";
import { workloads } from "../../platform/workloads.ts";
import { type FakeTools, fakeTools, putPod, putSecret } from "./support/tools.ts";

const servers = "/apis/apps/v1/namespaces/vault/statefulsets/vault";
const unsealer = "/apis/apps/v1/namespaces/vault/deployments/vault-unsealer";
const core = "/api/v1/namespaces/vault";
const secretPath = `${core}/secrets/vault-unseal-keys`;
const old = { "unseal-key-0": "b2xk" };
const keys: Keys = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "vault-unseal-keys", namespace: "vault", labels: {} },
  data: old,
};
const plan: VaultRestore = {
  snapshot: Buffer.from("a snapshot"),
  keys,
  keysFile: "keys.yaml",
  replicas: 3,
  unseals: true,
  overwrite: true,
  noUp: false,
};

describe("A restore of Vault", () => {
  let tools: FakeTools;
  let vault: { initialized: boolean; sealed: boolean };
  /** How often the server does not lead yet, the snapshot arrives cut off, and the server refuses it. */
  let [follows, cuts, refusals] = [0, 0, 0];
  /** What containers read, with what they were told to do. */
  let inputs: [script: string, input: string][];
  /** Whether the keys of the Secret open the server when it starts. */
  let opens: boolean;

  /** The set and its pods, as the controllers keep them. */
  function follow(): void {
    const set = tools.api.objects.get(servers) as unknown as { spec: { replicas: number } };
    const pod = `${core}/pods/vault-0`;
    if (set.spec.replicas === 0) tools.api.objects.delete(pod);
    else if (!tools.api.objects.has(pod)) {
      const claim = `${core}/persistentvolumeclaims/data-vault-0`;
      const isEmpty = !tools.api.objects.has(claim);
      if (isEmpty) vault = { initialized: false, sealed: true };
      else if (opens) vault.sealed = false;
      putPod(tools, "vault", "vault-0", workloads.vault.labels);
      const status = { phase: "Running", conditions: [] };
      if (vault.sealed && !isEmpty) Object.assign(tools.api.objects.get(pod) ?? {}, { status });
      tools.api.put(claim, {});
    }
  }

  beforeEach(() => {
    tools = fakeTools();
    [vault, inputs, opens] = [{ initialized: true, sealed: false }, [], true];
    [follows, cuts, refusals] = [2, 1, 0];
    tools.api.put(servers, { spec: { replicas: 3 } });
    tools.api.put(unsealer, { spec: { replicas: 1 } });
    putSecret(tools, "vault", "vault-unseal-keys", { "unseal-key-0": "of now" });
    for (const name of ["data-vault-0", "data-vault-1", "audit-vault-0", "vault-snapshots"])
      tools.api.put(`${core}/persistentvolumeclaims/${name}`, {});
    putPod(tools, "vault", "vault-0", workloads.vault.labels);
    tools.api.before = () => follow();
    tools.answer = (_, command, input) => {
      inputs.push([command, input]);
      const leads = !vault.sealed && follows-- <= 0;
      if (command.includes("vault status")) return JSON.stringify({ ...vault, is_self: leads });
      if (command.includes("base64 -d")) {
        const content = Buffer.from(input, "base64").subarray(0, cuts-- > 0 ? 3 : undefined);
        return `${createHash("sha256").update(content).digest("hex")}  -\n`;
      }
      if (command.includes("operator init")) {
        vault.initialized = true;
        vault.sealed = !command.includes("recovery");
        return JSON.stringify({ unseal_keys_b64: ["s3cret-key"], root_token: "s3cret-token" });
      }
      if (command.includes("sys/unseal")) vault.sealed = false;
      if (command.includes("snapshot restore")) {
        assert.ok(leads, "it does not lead");
        if (refusals-- > 0) throw new Error("Code: 500\n");
        vault.sealed = plan.unseals;
      }
      return command.includes("token lookup") ? "forgotten\n" : "";
    };
  });

  const changes = () =>
    tools.api.changes.map((one) =>
      one.replace(/ \S*\//, " ").replace("persistentvolumeclaims/", ""),
    );

  it("touches nothing where Vault holds something that nobody gave up", async () => {
    await assert.rejects(
      restoreVault({ ...plan, overwrite: false }, tools),
      /^Error: The snapshot and the file of keys are whole, and nothing was changed\. Vault has volumes \(data-vault-0, data-vault-1\), .* Give --overwrite/,
    );
    assert.deepEqual([tools.api.changes, tools.steps], [[], []]);
  });

  it("says that there is no Vault", async () => {
    tools.api.objects.delete(servers);
    tools.api.before = () => undefined;
    await assert.rejects(restoreVault(plan, tools), /StatefulSet vault\/vault cannot be read: /);
    assert.deepEqual(tools.api.changes, []);
  });

  it("puts the snapshot into an empty server, opens it with the old keys, and brings the others back", async () => {
    await restoreVault(plan, tools);
    assert.deepEqual(changes(), [
      "PATCH vault-unsealer",
      "PATCH vault",
      "DELETE data-vault-0",
      "DELETE data-vault-1",
      "PATCH vault",
      "POST secrets",
      "PATCH vault-unseal-keys",
      "PATCH vault-unsealer",
      "DELETE vault-0",
      "PATCH vault",
    ]);
    const content = plan.snapshot.toString("base64");
    const sent = inputs.filter(([command]) => !command.includes("vault status"));
    assert.deepEqual(
      sent.map(([, input]) => input.trim()),
      [content, content, "", "s3cret-key", "s3cret-token"],
    );
    const { spec } = tools.api.objects.get(servers) as unknown as { spec: { replicas: number } };
    assert.equal(spec.replicas, 3);
    assert.deepEqual(tools.api.objects.get(secretPath)?.["data"], old);
    assert.equal(tools.steps.at(-1), "up --refresh --run-program");
    const shown = [...tools.told, ...tools.steps].join("\n");
    assert.doesNotMatch(shown, /s3cret|b2xk/);
  });

  it("takes servers that open themselves without an unsealer, by recovery keys", async () => {
    tools.api.objects.delete(unsealer);
    await restoreVault({ ...plan, unseals: false, noUp: true }, tools);
    const commands = inputs.map(([command]) => command).join("\n");
    assert.match(commands, /operator init -recovery-shares=1 -recovery-threshold=1/);
    assert.doesNotMatch(commands, /sys\/unseal/);
    assert.match(tools.told.at(-1) ?? "", /^Now run pulumi up --refresh --run-program/);
    assert.ok(!tools.steps.some((step) => step.startsWith("up")));
  });

  it("says why Vault does not take the snapshot", async () => {
    refusals = 1;
    await assert.rejects(
      restoreVault(plan, tools),
      /^Error: Vault does not take the snapshot: Code: 500\. Run this again\.$/,
    );
  });

  it("says that the keys may be those of another time", async () => {
    opens = false;
    await assert.rejects(
      restoreVault(plan, tools),
      /^Error: The server did not open\. Are keys\.yaml \(--keys\) the keys of the snapshot's time\?/,
    );
    assert.equal(tools.steps.filter((step) => step.startsWith("up")).length, 0);
  });

  it("goes on where an earlier call had stopped the servers and given up their volumes", async () => {
    tools.api.put(servers, { spec: { replicas: 0 } });
    for (const name of ["data-vault-0", "data-vault-1", "data-vault-2"])
      tools.api.objects.delete(`${core}/persistentvolumeclaims/${name}`);
    await restoreVault({ ...plan, overwrite: false }, tools);
    assert.equal(tools.steps.at(-1), "up --refresh --run-program");
  });
});
