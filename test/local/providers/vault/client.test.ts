import { after, before, beforeEach, describe, it } from "mocha";
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VaultClient } from "../../../../local/providers/vault/client.ts";
import { readConfig } from "../../../../local/providers/vault/config.ts";
import { vault as provider } from "../../../../local/providers/vault/provider.ts";
import { start } from "../support/engine.ts";
import { FakeVault } from "../support/vault.ts";

const folder = mkdtempSync(join(tmpdir(), "vault-plugin-"));

const tokenFile = join(folder, "token");

const server = new FakeVault();

let address = "";

const pauses: number[] = [];

/** Settings as the SDK sends them: everything that is not a string is JSON in a string. */
const settings = (more: Record<string, string> = {}) => ({
  address,
  authLoginTokenFile: JSON.stringify({ filename: tokenFile }),
  skipChildToken: "true",
  maxRetries: "2",
  maxLeaseTtlSeconds: "1200",
  ...more,
});

const client = (more: Record<string, string> = {}, signal = new AbortController().signal) =>
  new VaultClient(readConfig(settings(more), {}), signal, (milliseconds) => {
    pauses.push(milliseconds);
    return Promise.resolve();
  });

describe("vault plugin's session", () => {
  before(async () => {
    address = await server.listen();
  });
  beforeEach(() => {
    server.reset();
    pauses.length = 0;
    writeFileSync(tokenFile, "root\n");
    chmodSync(tokenFile, 0o600);
  });
  after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  it("calls nothing until the first operation, and then looks the token up once", async () => {
    const engine = await start(provider);
    await engine.configure(settings());
    assert.deepEqual(server.seen, []);
    const urn = engine.urn("index/policy:Policy");
    await Promise.all(["a", "b"].map((name) => engine.create(urn, { name, policy: "" })));
    const logins = server.seen.filter(({ path }) => path === "auth/token/lookup-self");
    assert.equal(logins.length, 1);
    assert.equal(server.seen[0], logins[0]);
    engine.close();
  });

  it("reads the token file at the first operation, not before", async () => {
    rmSync(tokenFile);
    const session = client();
    await assert.rejects(session.read("x"), {
      message: `open ${tokenFile}: no such file or directory`,
    });
    writeFileSync(tokenFile, "root", { mode: 0o600 });
    assert.equal(await session.read("sys/policies/acl/x"), undefined);
  });

  for (const [title, content, mode, reason] of [
    ["that others may read", "root", 0o644, /has an invalid mode 644/],
    ["with two lines", "root\nroot\n", 0o600, /contains more than one line/],
    ["without a token", "\n", 0o600, /no token found in/],
  ] as const) {
    it(`refuses a token file ${title}`, async () => {
      writeFileSync(tokenFile, content);
      chmodSync(tokenFile, mode);
      await assert.rejects(client().read("x"), reason);
      assert.deepEqual(server.seen, []);
    });
  }

  it("says so when the token is not valid, and does not show it", async () => {
    writeFileSync(tokenFile, "s.stale");
    await assert.rejects(client().read("x"), (error: Error) => {
      assert.match(error.message, /^failed to lookup token, err=Error making API request\./);
      assert.match(error.message, /Code: 403\. Errors:\n\n\* permission denied$/);
      assert.doesNotMatch(error.message, /s\.stale/);
      return true;
    });
  });

  it("tries to log in again after a failure", async () => {
    writeFileSync(tokenFile, "s.stale");
    const session = client();
    await assert.rejects(session.read("x"));
    writeFileSync(tokenFile, "root");
    assert.equal(await session.read("sys/policies/acl/x"), undefined);
  });

  it("works with a child of the token unless told not to", async () => {
    await client({ skipChildToken: "false", tokenName: "me" }).read("sys/policies/acl/x");
    const ttl = { ttl: "1200s", explicit_max_ttl: "1200s" };
    assert.deepEqual(server.writes(), [
      {
        method: "POST",
        path: "auth/token/create",
        body: { display_name: "me", ...ttl, renewable: false },
      },
    ]);
  });

  describe("when Vault has trouble", () => {
    const sealed = () => ({ status: 503, body: { errors: ["Vault is sealed"] } });

    it("tries two more times, with longer and longer pauses", async () => {
      server.trouble.set("GET sys/policies/acl/x", [sealed(), sealed()]);
      assert.equal(await client().read("sys/policies/acl/x"), undefined);
      assert.equal(pauses.length, 2);
      assert.ok(pauses[0]! >= 1000 && pauses[0]! <= 1500, String(pauses));
      assert.ok(pauses[1]! >= 2000 && pauses[1]! <= 3000, String(pauses));
    });

    it("gives up with Vault's own words", async () => {
      server.trouble.set("GET sys/policies/acl/x", [sealed(), sealed(), sealed()]);
      await assert.rejects(client().read("sys/policies/acl/x"), {
        message: `Error making API request.\n\nURL: GET ${address}/v1/sys/policies/acl/x\nCode: 503. Errors:\n\n* Vault is sealed`,
      });
    });

    it("does not repeat what Vault refused", async () => {
      server.tokens.clear();
      await assert.rejects(client().read("x"), /permission denied/);
      assert.deepEqual(pauses, []);
    });

    it("says so when nobody listens, after three attempts", async () => {
      const nobody = "http://127.0.0.1:1";
      await assert.rejects(client({ address: nobody }).read("x"), {
        message: `failed to lookup token, err=Get "${nobody}/v1/auth/token/lookup-self": dial tcp 127.0.0.1:1: connect: connection refused`,
      });
      assert.equal(pauses.length, 2);
    });

    it("writes a secret again while a new store is not ready, and only then", async () => {
      server.mounts.set("kv", { type: "kv", description: "", options: {}, config: {} });
      const upgrading = {
        status: 400,
        body: { errors: ["Upgrading from non-versioned to versioned data"] },
      };
      server.trouble.set("PUT kv/data/a", [upgrading, upgrading]);
      await client().writePatiently("kv/data/a", { data: {} });
      assert.deepEqual(pauses, [500, 500]);
      server.trouble.set("PUT kv/data/a", [{ status: 403, body: { errors: ["no"] } }]);
      await assert.rejects(
        client().writePatiently("kv/data/a", {}),
        /error writing to path "kv\/data\/a", err=/,
      );
    });
  });

  it("ends a request that is under way when the operation is cancelled", async () => {
    const cancelled = new AbortController();
    server.trouble.set("GET x", []);
    const reading = client({}, cancelled.signal).read("x");
    cancelled.abort(new Error("The operation was cancelled."));
    await assert.rejects(reading, /The operation was cancelled/);
  });

  it("asks for the version once, and not at all when it is told", async () => {
    const session = client();
    assert.equal(await session.version(), "2.7.2");
    assert.equal(await session.version(), "2.7.2");
    assert.equal(server.seen.filter(({ path }) => path === "sys/seal-status").length, 1);
    server.reset();
    assert.equal(await client({ vaultVersionOverride: "1.15.0" }).version(), "1.15.0");
    assert.equal(await client({ skipGetVaultVersion: "true" }).version(), "");
    assert.deepEqual(server.seen, []);
  });
});
