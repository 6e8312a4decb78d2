import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, describe, it } from "mocha";
import { type ExistingVault, openExisting } from "../../../components/vault/existing.ts";
import { kubernetes } from "../../../effects/cluster.ts";
import type { HttpAnswer, HttpRequest } from "../../../effects/http.ts";
import { Refusal } from "../../../platform/refusal.ts";
import { refusalOf } from "../../support/demands.ts";

const address = "https://vault.example.com:8200";
const base = {
  mode: "existing",
  address,
  prefix: "shlink",
  accounts: { mode: "own" },
} as const;
const granted: HttpAnswer = { status: 200, body: { auth: { client_token: "of Vault" } } };
const denied: HttpAnswer = { status: 403, body: { errors: ["permission denied"] } };
const itself = "auth/token/lookup-self";

describe("The login to a Vault that somebody else runs", () => {
  const folder = mkdtempSync(join(tmpdir(), "shlink-platform-login-"));
  const file = join(folder, "token");
  const jwt = { mode: "jwt", path: "jwt/github", role: "deploy", file } as const;
  const account = {
    mode: "kubernetes",
    path: "kubernetes",
    role: "deploy",
    namespace: "ci",
    account: "deployer",
    audience: "vault",
  } as const;
  const own = { mode: "tokenFile", file } as const;

  let files: Record<string, string>;
  let asked: [string, HttpRequest, object][];
  /** What Vault answers at a path of its API; at all others nothing is there. */
  let answers: Record<string, HttpAnswer>;
  let shown: () => Promise<string>;
  beforeEach(() => {
    [files, asked] = [{}, []];
    answers = { "auth/jwt/github/login": granted, "auth/kubernetes/login": granted };
    shown = () => Promise.resolve("of the account");
    writeFileSync(file, "of the file\n");
  });
  after(() => rmSync(folder, { recursive: true }));

  const open = (settings: Partial<ExistingVault> & Pick<ExistingVault, "login">) =>
    openExisting(
      { ...base, ...settings },
      {
        ...kubernetes(),
        accountToken: (...whose) => {
          assert.deepEqual(whose, ["ci", "deployer", "vault"]);
          return shown();
        },
        send: (url, request, tls) => {
          asked.push([url, request, tls]);
          const path = url.replace(`${address}/v1/`, "");
          return Promise.resolve(answers[path] ?? { status: 200, body: {} });
        },
        file: (name, content) => (files[name] = content),
      },
    );

  it("shows a token of an OpenID provider from its file, and leaves Vault's where the provider reads it", async () => {
    assert.deepEqual(await open({ login: jwt }), []);
    const body = { role: "deploy", jwt: "of the file" };
    assert.deepEqual(asked[0], [
      `${address}/v1/auth/jwt/github/login`,
      { method: "POST", headers: {}, body },
      { ca: undefined, servername: "vault.example.com" },
    ]);
    assert.deepEqual(files, { "vault-token": "of Vault" });
  });

  it("shows a token of a Kubernetes account, in Vault's namespace, under its authority", async () => {
    await open({ login: account, namespace: "team", authority: "PEM" });
    const [[url, request] = []] = asked;
    assert.equal(url, `${address}/v1/auth/kubernetes/login`);
    assert.deepEqual(request?.body, { role: "deploy", jwt: "of the account" });
    assert.ok(asked.length > 1);
    for (const [, { headers }, tls] of asked) {
      assert.equal(headers?.["x-vault-namespace"], "team");
      assert.deepEqual(tls, { ca: "PEM", servername: "vault.example.com" });
    }
    assert.deepEqual(files, { "vault-ca.crt": "PEM", "vault-token": "of Vault" });
  });

  it("takes a token of Vault's own that Vault still knows", async () => {
    await open({ login: own });
    const headers = { "x-vault-token": "of the file" };
    assert.deepEqual(asked[0]?.slice(0, 2), [
      `${address}/v1/${itself}`,
      { method: "GET", headers },
    ]);
    assert.deepEqual(files, { "vault-token": "of the file" });
  });

  /** What is said, without a token, and with nothing written. */
  async function refused(login: ExistingVault["login"]): Promise<string> {
    const message = await refusalOf(open({ login }));
    assert.doesNotMatch(message, /of the (file|account)|of Vault/);
    assert.deepEqual(files, {});
    return message;
  }

  for (const login of [jwt, own])
    it(`names the file of ${login.mode} that is missing or empty, and asks nobody`, async () => {
      writeFileSync(file, " \n");
      assert.equal(await refused(login), `File ${file} is empty (setting vault.login.file).`);
      rmSync(file);
      assert.equal(
        await refused(login),
        `There is no file ${file} that can be read (setting vault.login.file).`,
      );
      assert.deepEqual(asked, []);
    });

  it("says why the API server gives no token of the account, and asks nobody else", async () => {
    shown = () => Promise.reject(new Refusal("The account ci/deployer gets no token: forbidden."));
    assert.equal(
      await refused(account),
      "Setting vault.login: The account ci/deployer gets no token: forbidden.",
    );
    assert.deepEqual(asked, []);
  });

  const expired = { status: 400, body: { errors: ["error validating token: token is expired"] } };
  const cut = { status: 0, body: {}, failure: "self-signed certificate" };
  for (const [answer, reason] of [
    [expired, "it answered 400 error validating token: token is expired"],
    [denied, "it answered 403 permission denied"],
    [{ status: 503, body: {} }, "Vault is sealed"],
    [cut, "self-signed certificate"],
  ] as [HttpAnswer, string][])
    it(`says in one sentence, and without a token, why not: ${reason}`, async () => {
      const sentence = (how: string) =>
        `The deployer cannot log in to Vault at ${address} (setting vault.login, ${how}): ${reason}.`;
      answers = {
        "auth/jwt/github/login": answer,
        "auth/kubernetes/login": answer,
        [itself]: answer,
      };
      assert.equal(await refused(jwt), sentence("path auth/jwt/github, role deploy"));
      assert.equal(await refused(account), sentence("path auth/kubernetes, role deploy"));
      assert.equal(await refused(own), sentence(`file ${file}`));
    });
});
