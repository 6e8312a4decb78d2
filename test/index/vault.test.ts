import assert from "node:assert/strict";
import type { ResourceTransformationArgs } from "@pulumi/pulumi";
import { before, describe, it } from "mocha";
import { merge } from "../../local/stack/stacks.ts";
import type { Cluster } from "../../effects/cluster.ts";
import type { HttpAnswer } from "../../effects/http.ts";
import { absentCluster, render, stackSettings } from "../../plan/render.ts";
import { workloads } from "../../platform/workloads.ts";
import { existing } from "../support/existing.ts";
import { allowed, type Policy } from "../support/network.ts";
import { component, synth, type Synthesis } from "../support/synth.ts";

const provider = "pulumi:providers:vault::vault";
const inVault = ({ type }: { type: string }) => type.startsWith("vault:");

/** Runs the program where an `up` has begun that could not write down what it made, and Vault has this. */
const begun = (body: HttpAnswer["body"], watch: (one: ResourceTransformationArgs) => void) =>
  render(
    "prod",
    merge(stackSettings("prod"), existing("vault")) as Record<string, unknown>,
    (one) => {
      watch(one);
      return undefined;
    },
    {
      state: () => Promise.resolve({ namespaces: {}, identity: "claim-value" }),
      send: (url) =>
        Promise.resolve({ status: 200, body: url.endsWith("/login") ? granted : { data: body } }),
    },
  );
const granted = { auth: { client_token: "token" } };

/** The names of what is imported then, each with its place. */
async function imports(body: HttpAnswer["body"]): Promise<unknown[]> {
  const imported: unknown[] = [];
  await begun(body, ({ name, opts }) => {
    if ("import" in opts) imported.push([name, opts.import]);
  });
  return imported;
}

const end = "DELETE /v1/sys/audit/file";
/** What is told of a run, in the order in which it must happen, and nothing of what else happens between. */
const order = ["verify", "begin", end, "volumes", "servers"];

/** What happens, in its order, while stack dev with no audit log is made, whose state knows this. */
async function happens(made: string[], cluster: Partial<Cluster> = {}): Promise<string[]> {
  const done: string[] = [];
  const does = (step: string) => Promise.resolve(void done.push(step));
  const watch = ({ name }: { name: string }) => {
    if (name === "vault-server") done.push("servers");
    return undefined;
  };
  await render("dev", stackSettings("dev"), watch, {
    verify: async (...demands) => {
      await does("verify");
      return absentCluster.verify(...demands);
    },
    begin: () => does("begin"),
    changeVolumes: () => does("volumes"),
    state: () => Promise.resolve({ namespaces: {}, made: new Set(made) }),
    send: async (url, { method }) => {
      await does(`${method} ${new URL(url).pathname}`);
      return { status: 200, body: { ...granted, "file/": {} } };
    },
    ...cluster,
  }).catch((error: unknown) => does(String(error)));
  return done;
}

const inOrder = (done: string[]) => done.filter((step) => order.includes(step));

describe("A stack with a Vault of its own and no audit log", () => {
  it("has Vault end the log that the state knows once the cluster is claimed, right before its volume goes", async () => {
    assert.deepEqual(inOrder(await happens(["Audit file"])), order);
  });

  it("has Vault end a log that a lost state does not know, in the same order", async () => {
    const unrecorded = () => Promise.resolve(["Audit file"]);
    assert.deepEqual(inOrder(await happens([], { unrecorded })), order);
  });

  it("lets Vault log on where the cluster is refused, or is another's by then", async () => {
    const refuse = () => Promise.reject(new Error("refused"));
    assert.deepEqual(await happens(["Audit file"], { verify: refuse }), ["Error: refused"]);
    assert.deepEqual(await happens(["Audit file"], { begin: refuse }), [
      "verify",
      "Error: refused",
    ]);
  });

  it("keeps the volume and the servers as they are where Vault does not end its log", async () => {
    const send: Cluster["send"] = (url) =>
      Promise.resolve(
        url.endsWith("/login") ? { status: 200, body: granted } : { status: 403, body: {} },
      );
    const done = await happens(["Audit file"], { send });
    assert.deepEqual(done.slice(0, 2), ["verify", "begin"]);
    assert.match(done[2] ?? "", /Vault does not end its audit log/);
    assert.equal(done.length, 3);
  });

  it("asks for nothing of the kind where there was none", async () => {
    assert.ok(!(await happens(["Mount secret"])).includes(end));
  });
});

describe("A stack with a Vault that somebody else runs", () => {
  let stack: Synthesis;
  before(async () => {
    stack = await synth("prod", existing("vault"));
  });

  it("installs no server, opens nothing, and keeps no key", () => {
    for (const absent of ["vault-server", "vault-bootstrap", "vault-unsealer", "vault-snapshots"])
      assert.ok(!stack.has(absent), absent);
    assert.ok(!stack.has("vault-unseal-keys"));
    assert.ok(!stack.text().includes('"namespace":"vault"'));
  });

  it("reaches it by its address, its authority and its namespace", () => {
    assert.equal(stack.input(provider, "address"), "https://vault.example.com");
    assert.equal(stack.input(provider, "namespace"), "team/web");
    assert.match(JSON.stringify(stack.input(provider, "caCertFile")), /vault-ca\.crt/);
    assert.match(JSON.stringify(stack.input(provider, "authLoginTokenFile")), /vault-token/);
    assert.ok(!stack.text().includes("tlsServerName"));
  });

  it("makes nothing there but below its prefix, and takes it out again", () => {
    const made = stack.registrations.filter(inVault);
    assert.ok(made.length >= 10);
    for (const { inputs, name, deletedWith, retainOnDelete } of made) {
      const own =
        inputs["roleName"] ??
        inputs["mount"] ??
        inputs["path"] ??
        inputs["name"] ??
        inputs["backend"];
      assert.match(String(own), /^links(-|$)/, name);
      assert.deepEqual([deletedWith, retainOnDelete], [undefined, undefined], name);
    }
    const types = new Set(made.map(({ type }) => type.split(":").at(-1)));
    assert.deepEqual([...types].sort(), [
      "AuthBackend",
      "AuthBackendConfig",
      "AuthBackendRole",
      "Mount",
      "Policy",
      "SecretV2",
    ]);
    for (const { inputs } of stack.of("Policy"))
      for (const [, path = ""] of String(inputs["policy"]).matchAll(/path "([^"]*)"/g))
        assert.match(path, /^links\//);
  });

  it("writes the state's claim beside what Vault makes once, and imports what an interrupted up has left", async () => {
    const mount = "vault:index/mount:Mount::secret";
    const login = "vault:index/authBackend:AuthBackend::kubernetes";
    const descriptions = [mount, login].map((key) => stack.input(key, "description"));
    assert.deepEqual(descriptions, [
      "Secrets of the platform, claim-value",
      "Accounts of the platform, claim-value",
    ]);
    assert.deepEqual(await imports({}), []);
    const ours = { description: descriptions[0] };
    assert.deepEqual(await imports({ "links/": ours }), [["secret", "links"]]);
    assert.deepEqual(await imports({ "links/": ours, "links-kubernetes/": ours }), [
      ["secret", "links"],
      ["kubernetes", "links-kubernetes"],
    ]);
  });

  it("makes nothing, and says so, where that Vault has a store of others under its name", async () => {
    const made: string[] = [];
    const watch = ({ type }: { type: string }) => void made.push(type);
    await assert.rejects(
      begun({ "links/": { description: "theirs" } }, watch),
      /not made: choose another/,
    );
    assert.deepEqual(made, []);
  });

  it("is read by External Secrets with the same address, namespace, store and login", () => {
    const stores = stack.registrations.filter(({ inputs }) => inputs["kind"] === "SecretStore");
    assert.equal(stores.length, 3);
    for (const { inputs } of stores) {
      const { vault } = (inputs["spec"] as { provider: { vault: Record<string, unknown> } })
        .provider;
      assert.equal(vault["server"], "https://vault.example.com");
      assert.equal(vault["path"], "links");
      assert.equal(vault["namespace"], "team/web");
      assert.match(
        Buffer.from(String(vault["caBundle"]), "base64").toString(),
        /BEGIN CERTIFICATE/,
      );
      const { kubernetes } = vault["auth"] as { kubernetes: Record<string, string> };
      assert.equal(kubernetes["mountPath"], "links-kubernetes");
      assert.match(kubernetes["role"] ?? "", /^links-external-secrets/);
    }
  });

  for (const prefix of ["links", "shlink", "postgres", "redis"])
    it(`is read where the secrets lie, also where a secret's own path begins as the store: ${prefix}`, async () => {
      const change = existing("vault") as { vault: object };
      const one = await synth("prod", { vault: { ...change.vault, prefix } });
      const kept = one.of("SecretV2").map(({ inputs }) => inputs["name"]);
      const copies = one.registrations.filter(({ inputs }) => inputs["kind"] === "ExternalSecret");
      const keys = copies.flatMap(({ inputs }) =>
        (inputs["spec"] as { data: { remoteRef: { key: string } }[] }).data.map(
          ({ remoteRef }) => remoteRef.key,
        ),
      );
      assert.ok(keys.length > 5);
      // External Secrets takes the store's name off the front of a key.
      const read = keys.map((key) =>
        key.startsWith(`${prefix}/`) ? key.slice(prefix.length + 1) : key,
      );
      for (const path of read) assert.ok(kept.includes(path), path);
    });

  it("may be called by External Secrets alone, on its port", () => {
    const policies = stack.of("NetworkPolicy").map(({ inputs }) => inputs as unknown as Policy);
    const vault = { address: "203.0.113.9" };
    assert.ok(allowed(policies, workloads["external-secrets"], vault, 443));
    assert.ok(!allowed(policies, workloads["external-secrets"], vault, 8200));
    assert.ok(!allowed(policies, workloads.shlink, vault, 443));
  });

  it("is called in its namespace, where it runs in this cluster", async () => {
    const address = "https://vault.secrets.svc:8200";
    const change = existing("vault") as { vault: object };
    const near = await synth("prod", { vault: { ...change.vault, address } });
    const policies = near.of("NetworkPolicy").map(({ inputs }) => inputs as unknown as Policy);
    const { "external-secrets": reader } = workloads;
    const pod = { namespace: "secrets", labels: { app: "vault" } };
    assert.ok(allowed(policies, reader, pod, 8200));
    assert.ok(!allowed(policies, reader, { ...pod, namespace: "default" }, 8200));
  });

  it("lends its login for accounts, where it has one for this cluster", async () => {
    const change = existing("vault") as { vault: object };
    const accounts = { mode: "existing", path: "kubernetes/prod" };
    const lent = await synth("prod", { vault: { ...change.vault, accounts } });
    assert.deepEqual(lent.of("AuthBackend"), []);
    assert.deepEqual(lent.of("AuthBackendConfig"), []);
    for (const { inputs } of lent.of("AuthBackendRole")) {
      assert.equal(inputs["backend"], "kubernetes/prod");
      assert.match(String(inputs["roleName"]), /^links-/);
    }
  });

  it("is watched by who runs it", () => {
    const rules = JSON.stringify(stack.of("PrometheusRule"));
    for (const absent of ["VaultSealed", "VaultServerDown", "VaultSnapshotTooOld"])
      assert.ok(!rules.includes(absent), absent);
    assert.ok(rules.includes("SecretStoreNotReady"));
    assert.ok(!stack.of("PodMonitor").some(({ name }) => name.startsWith("vault")));
  });

  it("waits for nothing in the cluster but the closed namespaces", () => {
    const access = stack.resource(component("VaultAccess", "vault-access"));
    assert.deepEqual(access.dependsOn, [component("Janitor", "janitor")]);
  });
});
