import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { newAuthority, newCertificate } from "../../support/certificates.ts";
import { DevVault, findTool } from "../../local/providers/integration/tools.ts";
import { freePort } from "../../local/substitutes/integration/postgres.ts";
import { accountName, accountToken } from "../../support/account-token.ts";
import { type Keys, RaftServer, type Start, until } from "../../support/raft-server.ts";
import { SnapshotScript } from "../../support/snapshot-script.ts";
import { synth } from "../../support/synth.ts";
import { skip } from "../../support/skip.ts";

const binary = findTool("bao");
const root = await newAuthority();
const leaf = await newCertificate(root, "localhost");

describe("A snapshot of Vault", function () {
  this.timeout(120_000);
  if (binary === undefined) return skip("the binary `bao` is not on this machine");

  const script = new SnapshotScript(accountToken("vault-snapshot"));
  const servers: RaftServer[] = [];
  let kubernetes: https.Server;
  /** The old cluster: an active server and a standby. */
  let active: RaftServer;
  let standby: RaftServer;
  let old: Keys;

  async function started(options?: Start): Promise<RaftServer> {
    const server = new RaftServer(binary ?? "");
    servers.push(server);
    return server.start(options);
  }

  /** The Kubernetes API as Vault asks it: whose token is this? */
  async function reviewer(): Promise<string> {
    kubernetes = https.createServer(
      { key: leaf.key, cert: leaf.certificate },
      (request, response) => {
        void request.toArray().then(() => {
          const user = { username: accountName("vault-snapshot"), uid: "1", groups: [] };
          const status = { authenticated: true, audiences: ["vault"], user };
          response.writeHead(201).end(JSON.stringify({ kind: "TokenReview", status }));
        });
      },
    );
    await once(kubernetes.listen(0, "127.0.0.1"), "listening");
    return `https://localhost:${(kubernetes.address() as AddressInfo).port}`;
  }

  before(async () => {
    active = await started();
    old = await active.initialise(3, 2);
    await active.unseal(old);
    await active.serves();
    const as = async (method: string, path: string, body?: unknown) => {
      const { status } = await active.call(method, path, body, old.rootToken);
      assert.ok(status < 300, `${method} ${path}: ${status}`);
    };
    await as("POST", "sys/mounts/secret", { type: "kv" });
    await as("POST", "secret/password", { value: "of the old cluster" });
    await as("POST", "sys/auth/kubernetes", { type: "kubernetes" });
    await as("POST", "auth/kubernetes/config", {
      kubernetes_host: await reviewer(),
      kubernetes_ca_cert: root.certificate,
      disable_local_ca_jwt: true,
    });
    // The login as the program declares it for prod.
    const prod = await synth("prod");
    const policy = prod.input("vault:index/policy:Policy::vault-snapshot", "policy");
    await as("PUT", "sys/policies/acl/vault-snapshot", { policy });
    const declared = "vault:kubernetes/authBackendRole:AuthBackendRole::vault-snapshot";
    const role = {
      bound_service_account_names: prod.input(declared, "boundServiceAccountNames"),
      bound_service_account_namespaces: prod.input(declared, "boundServiceAccountNamespaces"),
      audience: prod.input(declared, "audience"),
    };
    const tokenPolicies = prod.input(declared, "tokenPolicies");
    await as("POST", "auth/kubernetes/role/vault-snapshot", {
      ...role,
      token_policies: tokenPolicies,
    });
    await as("POST", "auth/kubernetes/role/idle", role);
    standby = await started({ joins: active });
    await standby.unseal(old);
    await standby.follows(active);
  });
  after(async () => {
    script.remove();
    kubernetes.closeAllConnections();
    kubernetes.close();
    for (const server of servers) await server.remove();
  });

  it("is whole, whichever server is asked", async () => {
    for (const { address } of [active, standby]) {
      const { code, output } = await script.run({ VAULT_ADDRESS: address, KEEP: "1" });
      assert.equal(code, 0, output);
      assert.match(
        output,
        /^vault-\d{8}T\d{6}Z\.snap: \d+ bytes; 1 snapshots are kept, \d removed\.$/,
      );
    }
    assert.equal(script.files().length, 1);
  });

  it("is refused to a login without its policy, and leaves the earlier one", async () => {
    const before = script.files();
    const { code, output } = await script.run({
      VAULT_ADDRESS: standby.address,
      VAULT_ROLE: "idle",
    });
    assert.equal(code, 1);
    assert.match(output, /^No snapshot was made: GET sys\/storage\/raft\/snapshot on \S+: 403 /);
    assert.deepEqual(script.files(), before);
  });

  it("is all that its login may have", async () => {
    const login = { role: "vault-snapshot", jwt: accountToken("vault-snapshot") };
    const { body } = await active.call("POST", "auth/kubernetes/login", login);
    const { client_token: token } = body["auth"] as { client_token: string };
    const status = async (method: string, path: string, sent?: object) =>
      (await active.call(method, path, sent, token)).status;
    assert.equal(await status("GET", "secret/password"), 403);
    assert.equal(await status("POST", "sys/storage/raft/snapshot", {}), 403);
    assert.equal(await status("POST", "sys/storage/raft/snapshot-force", {}), 403);
  });

  function restore({ address }: RaftServer, token: string, file: string): void {
    const args = ["operator", "raft", "snapshot", "restore", "-force", file];
    const env = { VAULT_ADDR: address, VAULT_TOKEN: token };
    execFileSync(binary ?? "", args, { env, stdio: "pipe" });
  }

  /** As docs/vault.md says: a fresh server with throw-away keys, the restore, and then the old keys. */
  it("restores into a fresh cluster, which the old keys open and its own do not", async () => {
    const [name = ""] = script.files();
    for (const server of [active, standby]) await server.remove();
    servers.length = 0;
    const fresh = await started();
    const throwaway = await fresh.initialise(1, 1);
    await fresh.unseal(throwaway);
    await fresh.serves();
    restore(fresh, throwaway.rootToken, join(script.folder, name));
    await until("it is sealed", () => fresh.sealed());
    await fresh.unseal(throwaway);
    assert.ok(await fresh.sealed());
    // Running on, it would still combine as many keys as its own were split into.
    await fresh.restart();
    await fresh.unseal(old);
    await fresh.serves();
    const read = (server: RaftServer) =>
      server.call("GET", "secret/password", undefined, old.rootToken);
    assert.deepEqual((await read(fresh)).body["data"], { value: "of the old cluster" });
    const revoked = await fresh.call(
      "GET",
      "auth/token/lookup-self",
      undefined,
      throwaway.rootToken,
    );
    assert.equal(revoked.status, 403);

    const second = await started({ joins: fresh });
    await second.unseal(old);
    await second.follows(fresh);
    assert.deepEqual((await read(second)).body["data"], { value: "of the old cluster" });
    const { code, output } = await script.run({ VAULT_ADDRESS: second.address });
    assert.equal(code, 0, output);
  });

  it("restores without any key where the same transit key unseals", async () => {
    const transit = new DevVault(binary, await freePort());
    await transit.start();
    try {
      await transit.call("POST", "sys/mounts/transit", { type: "transit" });
      await transit.call("POST", "transit/keys/shlink");
      const parameters = {
        address: transit.address,
        token: "root",
        mount_path: "transit",
        key_name: "shlink",
      };
      const lines = Object.entries(parameters).map(([key, value]) => `  ${key} = "${value}"\n`);
      const seal = `seal "transit" {\n${lines.join("")}}\n`;
      const before = await started({ seal });
      const root = await before.initialiseSealed();
      await before.call("POST", "sys/mounts/secret", { type: "kv" }, root);
      await before.call("POST", "secret/password", { value: "of before" }, root);
      const file = join(script.folder, "sealed.snap");
      writeFileSync(file, await before.snapshot(root));
      const fresh = await started({ seal });
      const throwaway = await fresh.initialiseSealed();
      restore(fresh, throwaway, file);
      const lookup = () => fresh.call("GET", "auth/token/lookup-self", undefined, throwaway);
      await until("its own token is void", async () => (await lookup()).status === 403);
      await fresh.restart();
      await fresh.serves();
      const { body } = await fresh.call("GET", "secret/password", undefined, root);
      assert.deepEqual(body["data"], { value: "of before" });
    } finally {
      await transit.stop();
    }
  });
});
