import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, it } from "mocha";
import { sealStanza } from "../../../components/vault/seal.ts";
import { newAuthority, newCertificate } from "../../support/certificates.ts";
import { DevVault, findTool } from "../../local/providers/integration/tools.ts";
import { freePort } from "../../local/substitutes/integration/postgres.ts";
import { accountName, accountToken } from "../../support/account-token.ts";
import { KeptVault } from "../../support/kept-vault.ts";
import { type Death, MortalServers, type Reply } from "../../support/mortal-servers.ts";
import { VaultPod } from "../../support/vault-pod.ts";
import { skip } from "../../support/skip.ts";

const binary = findTool("bao");
const root = await newAuthority();
const leaf = await newCertificate(root, "localhost");

describe("Vault's bootstrap, killed at any step", function () {
  this.timeout(60_000);
  if (binary === undefined) return skip("the binary `bao` is not on this machine");

  let pod: VaultPod;
  let secret: Record<string, string> | undefined;
  let refusals: number;
  let log: string;
  let servers: MortalServers;
  let vault: KeptVault;

  /** As much of the Kubernetes API as the script uses: one Secret, and the review of its own token. */
  function kubernetes({ method, url }: http.IncomingMessage, body: string): Reply {
    if (url?.endsWith("/tokenreviews") === true) {
      const user = {
        username: accountName("vault-bootstrap"),
        uid: "1",
        groups: ["system:serviceaccounts"],
      };
      const status = { authenticated: true, audiences: ["vault"], user };
      return [201, JSON.stringify({ kind: "TokenReview", status })];
    }
    if (method !== "GET" && refusals-- > 0) return [500, "{}"];
    const { data } = (body === "" ? {} : JSON.parse(body)) as { data?: Record<string, string> };
    if (method === "POST") secret = data;
    if (secret === undefined) return [404, "{}"];
    if (method === "PATCH")
      secret = Object.fromEntries(
        Object.entries({ ...secret, ...data }).filter(([, value]) => value !== null),
      );
    return [method === "POST" ? 201 : 200, JSON.stringify({ data: secret })];
  }

  async function forward({ method, url, headers }: http.IncomingMessage, body: string) {
    const token = headers["x-vault-token"];
    const answer = await fetch(`${vault.address}${url}`, {
      method,
      headers: typeof token === "string" ? { "x-vault-token": token } : {},
      body: body === "" ? undefined : body,
    });
    return [answer.status, await answer.text()] satisfies Reply;
  }

  beforeEach(async () => {
    [secret, refusals, log] = [undefined, 0, ""];
    servers = new MortalServers();
    const certified = { key: leaf.key, cert: leaf.certificate };
    const kubePort = await servers.listen(https.createServer(certified), kubernetes);
    const vaultPort = await servers.listen(http.createServer(), forward);
    const kubernetesHost = `"https://localhost:${kubePort}", disable_local_ca_jwt: true, kubernetes_ca_cert: ${JSON.stringify(root.certificate)}`;
    pod = new VaultPod({
      apiPort: kubePort,
      authority: root.certificate,
      vaultPort,
      tokens: {
        own: "own",
        vault: accountToken("vault-bootstrap"),
      },
      adapt: (text) => text.replace('"https://kubernetes.default.svc:443"', kubernetesHost),
    });
    vault = new KeptVault(binary, pod.folder, await freePort());
    vault.start();
  });

  afterEach(async () => {
    servers.close();
    await vault.stop();
    pod.remove();
  });

  /** Runs the script to its end; `null` is a death by signal. */
  async function run(at?: Death): Promise<number | null> {
    servers.death = at;
    const started = pod.start("bootstrap.ts");
    servers.client = started.process;
    const [code] = (await once(started.process, "close")) as [number | null];
    log += started.output();
    return code;
  }

  async function assertOpen(): Promise<void> {
    const health = await fetch(`${vault.address}/v1/sys/health`);
    assert.equal(health.status, 200);
    const names = Object.keys(secret ?? {}).sort();
    assert.deepEqual(names, ["unseal-key-0", "unseal-key-1", "unseal-key-2"]);
    for (const value of Object.values(secret ?? {}))
      assert.ok(!log.includes(Buffer.from(value, "base64").toString()), "a key was printed");
  }

  const collection = "/api/v1/namespaces/vault/secrets";
  const recoverable: Death[] = [
    `before POST ${collection}`,
    `after POST ${collection}`,
    "before PUT /v1/sys/init",
    `after PATCH ${collection}`,
    "after PUT /v1/sys/unseal",
    "after POST /v1/sys/auth/deployer",
    "after PUT /v1/sys/policies/acl/deployer",
    "after POST /v1/auth/deployer/role/deployer",
    "before POST /v1/auth/token/revoke-self",
    "after POST /v1/auth/token/revoke-self",
  ];
  for (const step of recoverable)
    it(`goes on by itself when it died ${step}`, async () => {
      assert.equal(await run(step), null, log);
      assert.equal(await run(), 0, log);
      await assertOpen();
    });

  for (const step of ["after PUT /v1/sys/init", `before PATCH ${collection}`] as Death[])
    it(`says that an empty Vault has to be made anew when it died ${step}`, async () => {
      assert.equal(await run(step), null, log);
      const reserved = structuredClone(secret);
      assert.equal(await run(), 1);
      assert.match(log, /It holds no data yet: delete the Secret and the volumes/);
      assert.deepEqual(secret, reserved);
      await vault.stop();
      vault.loseData();
      secret = undefined;
      vault.start();
      assert.equal(await run(), 0, log);
      await assertOpen();
    });

  it("keeps the keys through a pause of the Kubernetes API", async () => {
    const result = run();
    while (secret === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    refusals = 3;
    assert.equal(await result, 0, log);
    assert.ok(refusals <= 0);
    await assertOpen();
  });

  describe("where a second Vault unseals", () => {
    let transit: DevVault;
    let stanza: string;
    let token: string;

    /** As docs/vault.md says: a key that cannot be read, and a token that may use it and nothing else. */
    beforeEach(async () => {
      const port = await freePort();
      const files = { key: leaf.key, crt: leaf.certificate, ca: root.certificate };
      for (const [name, text] of Object.entries(files)) writeFileSync(join(pod.folder, name), text);
      const listener = `listener "tcp" {
  address = "127.0.0.1:${port}"
  tls_cert_file = "${join(pod.folder, "crt")}"
  tls_key_file = "${join(pod.folder, "key")}"
}
`;
      transit = new DevVault(binary ?? "", await freePort(), listener);
      await transit.start();
      await transit.call("POST", "sys/mounts/transit", { type: "transit" });
      await transit.call("POST", "transit/keys/shlink");
      const may = (path: string) => `path "transit/${path}/shlink" { capabilities = ["update"] }\n`;
      const policy = may("encrypt") + may("decrypt");
      await transit.call("PUT", "sys/policies/acl/unseal", { policy });
      const body = { policies: ["unseal"], period: "24h" };
      token = await transit.token(body);
      stanza = sealStanza({
        mode: "transit",
        keyShares: 3,
        keyThreshold: 2,
        address: `https://localhost:${port}`,
        mountPath: "transit",
        keyName: "shlink",
        secretName: "unused",
      }).replace("/vault/seal/ca.crt", join(pod.folder, "ca"));
      Object.assign(pod.env, { SEAL: "transit", KEYS_SECRET: "vault-recovery-keys" });
      await vault.stop();
      vault.start(stanza, token);
    });
    afterEach(() => transit.stop());

    const health = async () =>
      (await fetch(`${vault.address}/v1/sys/health`).catch(() => undefined))?.status;

    async function healthy(): Promise<boolean> {
      for (let attempt = 0; attempt < 100; attempt++, await sleep(100))
        if ((await health()) === 200) return true;
      return false;
    }

    it("keeps recovery keys, and servers come back without anybody's help", async () => {
      assert.equal(await run(`after PATCH ${collection}`), null, log);
      assert.equal(await run(), 0, log);
      const names = Object.keys(secret ?? {}).sort();
      assert.deepEqual(names, ["recovery-key-0", "recovery-key-1", "recovery-key-2"]);
      await vault.stop();
      vault.start(stanza, token);
      assert.ok(await healthy());
      assert.equal(await run(), 0, log);
    });

    it("does not open a server that has lost the token", async () => {
      assert.equal(await run(), 0, log);
      await vault.stop();
      vault.start(stanza, "s.stale");
      await sleep(3_000);
      assert.notEqual(await health(), 200);
    });

    it("gives out recovery keys to the holders of PGP keys alone", async function () {
      const gpg = findTool("gpg");
      if (gpg === undefined) return this.skip();
      const home = join(pod.folder, "gpg");
      mkdirSync(home, { mode: 0o700 });
      const call = (args: string[], input?: Buffer) =>
        execFileSync(gpg, ["--homedir", home, "--batch", "--quiet", ...args], { input });
      call(["--passphrase", "", "--quick-gen-key", "holder@example.com", "rsa2048", "encr"]);
      const key = call(["--export", "holder@example.com"]).toString("base64");
      Object.assign(pod.env, { PGP_KEYS: [key, key, key].join(",") });
      assert.equal(await run(), 0, log);
      const kept = Buffer.from(secret?.["recovery-key-0"] ?? "", "base64").toString();
      const opened = call(["--decrypt"], Buffer.from(kept, "base64")).toString();
      assert.match(opened, /^[0-9a-f]{66}$/);
      execFileSync("gpgconf", ["--homedir", home, "--kill", "all"]);
    });
  });

  it("lets the deployer make the one audit device, and no other", async () => {
    assert.equal(await run(), 0, log);
    const call = async (method: string, path: string, body?: object, token = "") => {
      const answer = await fetch(`${vault.address}/v1/${path}`, {
        method,
        headers: { "x-vault-token": token },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      return { status: answer.status, text: await answer.text() };
    };
    const jwt = readFileSync(join(pod.folder, "vault/token"), "utf8");
    const login = await call("POST", "auth/deployer/login", { role: "deployer", jwt });
    const { auth } = JSON.parse(login.text) as { auth: { client_token: string } };
    const device = { type: "file", options: { file_path: join(pod.folder, "audit.log") } };
    const as = (method: string, path: string, body?: object) =>
      call(method, path, body, auth.client_token);
    assert.equal((await as("PUT", "sys/audit/file", device)).status, 204);
    assert.match((await as("GET", "sys/audit")).text, /"file\/":\{/);
    assert.match(readFileSync(join(pod.folder, "audit.log"), "utf8"), /"path":"sys\/audit"/);
    assert.equal((await as("PUT", "sys/audit/other", device)).status, 403);
    assert.equal((await as("DELETE", "sys/audit/file")).status, 204);
  });

  it("changes no key when it runs again, and refuses when the keys are gone", async () => {
    assert.equal(await run(), 0, log);
    const before = structuredClone(secret);
    assert.equal(await run(), 0, log);
    assert.deepEqual(secret, before);
    secret = undefined;
    assert.equal(await run(), 1);
    assert.match(log, /restore that Secret from your copy/);
    assert.equal(secret, undefined);
  });
});
