import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { foundThere } from "../../../../components/vault/found.ts";
import { deployerPolicy } from "../../../../components/vault/policy.ts";
import type { AskVault } from "../../../../components/vault/session.ts";
import { vault as provider } from "../../../../local/providers/vault/provider.ts";
import type { Registration } from "../../../../plan/render.ts";
import { DevVault, findTool } from "../../../local/providers/integration/tools.ts";
import { type Engine, type Json, secret, start } from "../../../local/providers/support/engine.ts";
import { freePort } from "../../../local/substitutes/integration/postgres.ts";
import { newAuthority } from "../../../support/certificates.ts";
import { refusalOf } from "../../../support/demands.ts";
import { existing } from "../../../support/existing.ts";
import { synth } from "../../../support/synth.ts";
import { skip } from "../../../support/skip.ts";

const binary = findTool("bao");
const everything = 'path "*" { capabilities = ["create", "read", "update", "sudo"] }\n';
const reader = "links-external-secrets";
const role = `auth/links-kubernetes/role/${reader}`;
const theirs = { store: "links", logins: { path: "links-kubernetes", existing: false } };
const bound = { bound_service_account_names: ["a"], bound_service_account_namespaces: ["b"] };

describe("The policy for a Vault that somebody else runs, in a real OpenBao", function () {
  this.timeout(60_000);
  if (binary === undefined) return skip("the binary `bao` is neither on the PATH nor in the cache");

  let server: DevVault;
  let engine: Engine;
  let token: string;
  let made: Registration[];
  const kept: { urn: string; id: string; state: Json }[] = [];

  before(async () => {
    server = new DevVault(binary, await freePort());
    await server.start();
    const { registrations } = await synth("prod", existing("vault"));
    made = registrations.filter(({ type }) => type.startsWith("vault:"));
    await server.call("POST", "sys/policies/acl/shlink-deployer", { policy: deployerPolicy(made) });
    await server.call("POST", "sys/policies/acl/admin", { policy: everything });
    token = await server.token({ policies: ["shlink-deployer"] });
    engine = await start(provider);
    await engine.configure({ address: server.address, token, skipChildToken: "true" });
  });
  after(async () => {
    engine.close();
    await server.stop();
  });

  async function statusOf(method: string, path: string, body?: object): Promise<number> {
    const { status } = await fetch(`${server.address}/v1/${path}`, {
      method,
      headers: { "x-vault-token": token },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return status;
  }

  it("suffices to make all that the program makes there, and to find it unchanged", async () => {
    const { certificate } = await newAuthority();
    const given: Record<string, Json> = {
      "kv/secretV2:SecretV2": { dataJson: secret('{"password":"first"}') },
      // This Vault runs in no pod, from which it would take them.
      "kubernetes/authBackendConfig:AuthBackendConfig": {
        disableLocalCaJwt: true,
        kubernetesCaCert: certificate,
      },
    };
    for (const { type, name, inputs } of made) {
      const kind = type.replace("vault:", "");
      const urn = engine.urn(kind, name);
      const wanted = { ...(inputs as Json), ...given[kind] };
      const { inputs: checked } = await engine.check(urn, wanted);
      const { id, state } = await engine.create(urn, checked);
      assert.deepEqual((await engine.diff(urn, state, checked)).diffs, [], name);
      assert.deepEqual((await engine.read(urn, id, state, checked)).state, state, name);
      kept.push({ urn, id, state });
    }
    assert.ok(kept.length >= 10);
  });

  it("suffices to find what an up has left that could not write it down, by its claim", async () => {
    const { logins, store, address } = { ...theirs, address: server.address };
    const look: AskVault = async (path, { method }) => {
      const answer = await fetch(`${address}/v1/${path}`, {
        method,
        headers: { "x-vault-token": token },
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    const find = (identity: string) =>
      foundThere({ address, store, logins }, { namespaces: {}, identity }, look);
    assert.deepEqual(await find("claim-value"), ["Mount", "AuthBackend"]);
    assert.match(
      await refusalOf(find("another")),
      /has a store links that this state has not made/,
    );
    for (const [kind, name, id] of [
      ["index/mount:Mount", "secret", store],
      ["index/authBackend:AuthBackend", "kubernetes", logins.path],
    ] as const) {
      const urn = engine.urn(kind, name);
      const { inputs } = made.find((one) => one.type === `vault:${kind}`) ?? {};
      const { inputs: checked } = await engine.check(urn, inputs as Json);
      const { state } = await engine.read(urn, id, {}, {});
      assert.deepEqual((await engine.diff(urn, state, checked)).diffs, [], name);
    }
  });

  it("suffices to write a password again, and the same policy", async () => {
    const data = { password: "second" };
    assert.equal(await statusOf("POST", "links/data/redis/shlink", { data }), 200);
    const own = made.find(({ name, type }) => /Policy$/.test(type) && name === "external-secrets");
    const { policy } = own?.inputs ?? {};
    assert.equal(await statusOf("PUT", `sys/policies/acl/${reader}`, { policy }), 204);
  });

  for (const [what, method, path, body] of [
    ["its own policy", "PUT", "sys/policies/acl/shlink-deployer", { policy: everything }],
    ["a policy of others", "PUT", "sys/policies/acl/admin", { policy: everything }],
    ["a new policy", "PUT", "sys/policies/acl/links-new", { policy: everything }],
    ["a policy by the former path", "PUT", `sys/policy/${reader}`, { policy: everything }],
    [
      "another text of a reader's policy",
      "PUT",
      `sys/policies/acl/${reader}`,
      { policy: everything },
    ],
    ["a role with another policy", "POST", role, { ...bound, token_policies: ["admin"] }],
    ["a role with one policy more", "POST", role, { ...bound, token_policies: [reader, "admin"] }],
    [
      "a role with policies as a text",
      "POST",
      role,
      { ...bound, token_policies: `${reader},admin` },
    ],
    ["a role with policies by their former name", "POST", role, { ...bound, policies: ["admin"] }],
    ["a role of another name", "POST", `${role}-new`, { ...bound, token_policies: [reader] }],
    [
      "a login at the host of its choice",
      "POST",
      "auth/links-kubernetes/config",
      { kubernetes_host: "https://a" },
    ],
    ["a login of another kind", "POST", "sys/auth/links-kubernetes", { type: "userpass" }],
    ["a login of another name", "POST", "sys/auth/links-new", { type: "kubernetes" }],
    ["an engine of another kind", "POST", "sys/mounts/links", { type: "ssh" }],
    ["a token", "POST", "auth/token/create-orphan", { policies: ["admin"] }],
    ["a store of others", "GET", "secret/data/theirs", undefined],
  ] as [string, string, string, object | undefined][])
    it(`refuses ${what}`, async () => {
      assert.equal(await statusOf(method, path, body), 403);
    });

  it("leaves the role as it was, whatever stands in the address", async () => {
    await statusOf("POST", `${role}?token_policies=admin&policies=admin`, bound);
    const { data } = await server.call("GET", role);
    assert.deepEqual((data as Json)["token_policies"], [reader]);
  });

  it("suffices to take all of it out again", async () => {
    for (const { urn, id, state } of kept.reverse()) await engine.delete(urn, id, state);
    const { data: logins } = await server.call("GET", "sys/auth");
    const { data: mounts } = await server.call("GET", "sys/mounts");
    for (const left of [logins, mounts]) assert.ok(!JSON.stringify(left).includes("links"));
    const { data } = await server.call("LIST", "sys/policies/acl");
    const { keys } = data as { keys: string[] };
    assert.ok(!keys.some((name) => name.startsWith("links")));
  });
});
