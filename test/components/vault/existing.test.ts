import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, it } from "mocha";
import { type ExistingVault, existingVault } from "../../../components/vault/existing.ts";
import type { Cluster } from "../../../outside/cluster.ts";
import type { HttpAnswer, HttpRequest } from "../../../outside/http.ts";

const address = "https://vault.example.com:8200";
const base = {
  mode: "existing",
  address,
  prefix: "shlink",
  accounts: { mode: "own" },
} as const;
const jwt = { mode: "jwt", path: "jwt/github", role: "deploy", file: "jwt.txt" } as const;
const ok: HttpAnswer = { status: 200, body: { auth: { client_token: "of Vault" } } };

describe("The login to a Vault that somebody else runs", () => {
  let files: Record<string, string>;
  let asked: [string, HttpRequest, object][];
  beforeEach(() => {
    [files, asked] = [{}, []];
  });
  const cluster = (answer: HttpAnswer) =>
    ({
      accountToken: (...whose: string[]) => Promise.resolve(whose.join("/")),
      read: (file: string, setting: string) => `the text of ${file} for ${setting}`,
      send: (url: string, request: HttpRequest, tls: object) => {
        asked.push([url, request, tls]);
        return Promise.resolve(answer);
      },
      file: (name: string, content: string) => (files[name] = content),
    }) as unknown as Cluster;
  const open = (settings: ExistingVault, answer = ok) =>
    new Promise((resolve, reject) => {
      const { session } = existingVault(settings, cluster(answer));
      (session as unknown as { promise(): Promise<unknown> }).promise().then(resolve, reject);
    });

  it("shows a token of an OpenID provider from its file, and leaves Vault's where the provider reads it", async () => {
    await open({ ...base, login: jwt });
    assert.deepEqual(asked, [
      [
        `${address}/v1/auth/jwt/github/login`,
        {
          method: "POST",
          headers: {},
          body: { role: "deploy", jwt: "the text of jwt.txt for vault.login.file" },
        },
        { ca: undefined, servername: "vault.example.com" },
      ],
    ]);
    assert.deepEqual(files, { "vault-token": "of Vault" });
  });

  it("shows a token of a Kubernetes account, in Vault's namespace, under its authority", async () => {
    const login = {
      mode: "kubernetes",
      path: "kubernetes",
      role: "deploy",
      namespace: "ci",
      account: "deployer",
      audience: "vault",
    } as const;
    await open({ ...base, login, namespace: "team", authority: "PEM" });
    const [[url, request, tls] = []] = asked;
    assert.equal(url, `${address}/v1/auth/kubernetes/login`);
    assert.deepEqual(request?.headers, { "x-vault-namespace": "team" });
    assert.deepEqual(request?.body, { role: "deploy", jwt: "ci/deployer/vault" });
    assert.deepEqual(tls, { ca: "PEM", servername: "vault.example.com" });
    assert.deepEqual(files, { "vault-ca.crt": "PEM", "vault-token": "of Vault" });
  });

  it("takes a token of Vault's own as it is, and asks nobody", async () => {
    await open({ ...base, login: { mode: "tokenFile", file: "~/.vault-token" } });
    assert.deepEqual(asked, []);
    assert.deepEqual(files, { "vault-token": "the text of ~/.vault-token for vault.login.file" });
  });

  for (const [answer, reason] of [
    [{ status: 400, body: { errors: ["invalid role"] } }, "it answered 400 invalid role"],
    [{ status: 503, body: {} }, "Vault is sealed"],
    [{ status: 0, body: {}, failure: "self-signed certificate" }, "self-signed certificate"],
  ] as [HttpAnswer, string][])
    it(`says in one sentence, and without a token, why not: ${reason}`, async () => {
      await assert.rejects(open({ ...base, login: jwt }, answer), (error) => {
        assert.ok(pulumi.RunError.isInstance(error));
        assert.equal(
          error.message,
          `The deployer cannot log in to Vault at ${address} (setting vault.login, path auth/jwt/github, role deploy): ${reason}.`,
        );
        return true;
      });
      assert.deepEqual(files, {});
    });
});
