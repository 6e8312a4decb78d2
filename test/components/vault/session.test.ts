import assert from "node:assert/strict";
import type { Server } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers/promises";
import { after, before, beforeEach, describe, it } from "mocha";
import type { Cluster } from "../../../effects/cluster.ts";
import { send } from "../../../effects/http.ts";
import type { Tunnel } from "../../../effects/tunnel.ts";
import {
  endAudit,
  foundInside,
  knowsAudit,
  openSession,
  providerInputs,
} from "../../../components/vault/session.ts";
import type { VaultTls } from "../../../components/vault/types.ts";
import { newAuthority, newCertificate } from "../../support/certificates.ts";
import { refusalOf } from "../../support/demands.ts";
import { serveJson, type Reply, type Request } from "../../support/fake-vault.ts";
import { selectorText, workloads } from "../../../platform/workloads.ts";

const sealed: Reply = { status: 503, body: { errors: ["Vault is sealed"] } };
const granted: Reply = { status: 200, body: { auth: { client_token: "short-lived" } } };
const secretTls: VaultTls = { mode: "secret", secretName: "vault-server-tls" };

const root = await newAuthority();
const leaf = await newCertificate(root, "vault.vault.svc");

describe("The deployer's session with Vault", () => {
  const originalSleep = timers.setTimeout;
  let plain: { server: Server; port: number };
  let secure: { server: Server; port: number };
  /** What Vault answers, one after the other; the last one again and again. */
  let replies: Reply[];
  let requests: Request[];
  let files: Record<string, string>;
  let tunnels: Tunnel[];
  let slept: number;
  /** What the state does not know. */
  let unrecorded: string[];

  before(async () => {
    const answer = (request: Request) => {
      requests.push(request);
      return (replies.length > 1 ? replies.shift() : replies[0]) ?? sealed;
    };
    plain = await serveJson(answer);
    secure = await serveJson(answer, { key: leaf.key, cert: leaf.certificate });
    // The patience is counted, not waited for.
    timers.setTimeout = ((milliseconds: number) => {
      slept += milliseconds;
      return Promise.resolve();
    }) as typeof timers.setTimeout;
    syncBuiltinESMExports();
  });
  beforeEach(() => {
    [replies, requests, files, tunnels, slept] = [[granted], [], {}, [], 0];
    unrecorded = [];
  });
  after(() => {
    timers.setTimeout = originalSleep;
    syncBuiltinESMExports();
    for (const { server } of [plain, secure]) server.close();
  });

  const cluster = (authority = root.certificate): Cluster => ({
    begin: () => Promise.reject(new Error("not asked")),
    changeVolumes: () => Promise.reject(new Error("not asked")),
    unrecorded: () => Promise.resolve(unrecorded),
    state: () => Promise.reject(new Error("not asked")),
    verify: () => Promise.reject(new Error("not asked")),
    tunnel: (tunnel) => {
      tunnels.push(tunnel);
      return Promise.resolve();
    },
    restored: () => Promise.resolve(),
    accountToken: (...whose) => Promise.resolve(whose.join("/")),
    secret: (namespace, name) => {
      assert.deepEqual([namespace, name], ["vault", "vault-server-tls"]);
      return Promise.resolve({ "ca.crt": authority, "tls.key": "the private key" });
    },
    send,
    read: () => "",
    file: (name, content) => {
      files[name] = content;
      return name;
    },
  });

  const open = (tls: VaultTls, localPort: number, authority?: string) =>
    openSession({ cluster: cluster(authority), tls, localPort });

  async function refusal(attempt: Promise<unknown>): Promise<string> {
    const sentence = await refusalOf(attempt);
    assert.ok(!("vault-token" in files));
    return sentence;
  }

  it("logs in with the deployer's own token through the tunnel, and keeps what it gets in the file", async () => {
    assert.deepEqual(await open({ mode: "plaintext" }, plain.port), { ca: undefined });
    const [tunnel] = tunnels;
    assert.equal(tunnel?.selector, selectorText(workloads.vault.labels));
    assert.deepEqual(
      [tunnel.namespace, tunnel.port, tunnel.localPort, tunnel.setting],
      ["vault", 8200, plain.port, "tunnels.vault"],
    );
    assert.deepEqual(requests, [
      {
        method: "POST",
        path: "/v1/auth/deployer/login",
        body: { role: "deployer", jwt: "vault/vault-deployer/vault" },
      },
    ]);
    assert.deepEqual(files, { "vault-token": "short-lived" });
  });

  it("checks Vault's certificate by the authority in the Secret, and by the Service's name", async () => {
    assert.deepEqual(await open(secretTls, secure.port), { ca: root.certificate });
    assert.deepEqual(files, { "vault-ca.crt": root.certificate, "vault-token": "short-lived" });
    const stranger = (await newAuthority()).certificate;
    files = {};
    const message = await refusal(open(secretTls, secure.port, stranger));
    assert.match(message, /^The deployer cannot log in to Vault in namespace vault: .*certificate/);
  });

  it("tells what Vault has and the state does not know, for Vault makes it once only", async () => {
    const find = () =>
      foundInside({ cluster: cluster(), tls: { mode: "plaintext" }, localPort: plain.port });
    assert.deepEqual(await find(), []);
    assert.deepEqual([requests, tunnels], [[], []], "somebody was asked");
    unrecorded = ["Mount secret", "AuthBackend kubernetes", "Audit file"];
    replies = [
      granted,
      ...["secret/", "token/", "file/"].map((name) => ({ status: 200, body: { [name]: {} } })),
    ];
    assert.deepEqual(await find(), ["Mount", "Audit"]);
    assert.deepEqual(
      requests.map(({ method, path }) => `${method} ${path}`),
      [
        "POST /v1/auth/deployer/login",
        "GET /v1/sys/mounts",
        "GET /v1/sys/auth",
        "GET /v1/sys/audit",
      ],
    );
    assert.deepEqual(files, {}, "the token is not for the provider");
  });

  it("finds nothing in a Vault that lets nobody in yet", async () => {
    unrecorded = ["Mount secret"];
    replies = [sealed];
    const tls: VaultTls = { mode: "plaintext" };
    assert.deepEqual(await foundInside({ cluster: cluster(), tls, localPort: plain.port }), []);
  });

  it("has Vault end its log, and says why where it does not", async () => {
    const end = () =>
      endAudit({ cluster: cluster(), tls: { mode: "plaintext" }, localPort: plain.port });
    replies = [granted, { status: 204, body: {} }];
    await end();
    assert.equal(requests.at(-1)?.method, "DELETE");
    assert.equal(requests.at(-1)?.path, "/v1/sys/audit/file");
    replies = [granted, { status: 403, body: { errors: ["permission denied"] } }];
    assert.equal(
      await refusal(end()),
      "Vault does not end its audit log, which vault.audit.mode wants no more: it answered 403 permission denied.",
    );
  });

  it("knows by the state alone that Vault logs", async () => {
    const knows = (made: string[]) =>
      knowsAudit({
        ...cluster(),
        state: () => Promise.resolve({ namespaces: {}, made: new Set(made) }),
      });
    assert.deepEqual([await knows(["Audit file"]), await knows(["Mount secret"])], [true, false]);
  });

  it("waits for a Vault that the unsealer is about to open", async () => {
    replies = [sealed, sealed, granted];
    await open({ mode: "plaintext" }, plain.port);
    assert.equal(requests.length, 3);
    assert.deepEqual(files, { "vault-token": "short-lived" });
  });

  it("gives a sealed Vault half a minute, then says that it is sealed and where to look", async () => {
    replies = [sealed];
    assert.equal(
      await refusal(open({ mode: "plaintext" }, plain.port)),
      "The deployer cannot log in to Vault in namespace vault: Vault is sealed. " +
        "If Vault is sealed, look at: kubectl -n vault logs deployment/vault-unsealer (or pod/vault-0, where servers unseal themselves)",
    );
    assert.equal(slept, 30_000);
  });

  it("repeats what Vault says when it refuses the login", async () => {
    replies = [{ status: 403, body: { errors: ["permission denied"] } }];
    const message = await refusal(open({ mode: "plaintext" }, plain.port));
    assert.match(message, /in namespace vault: it answered 403 permission denied\. /);
  });

  it("says why no answer came", async () => {
    const message = await refusal(open({ mode: "plaintext" }, 1));
    assert.match(message, /in namespace vault: connect ECONNREFUSED 127\.0\.0\.1:1\. /);
  });

  it("tells the provider the same in every run, and never the token itself", () => {
    const args = { localPort: 18200 };
    assert.deepEqual(providerInputs({ ...args, tls: { mode: "plaintext" } }), {
      address: "http://127.0.0.1:18200",
      authLoginTokenFile: { filename: ".run/vault-token" },
      skipChildToken: true,
      maxRetries: 5,
      skipTlsVerify: false,
    });
    assert.deepEqual(providerInputs({ ...args, tls: secretTls }), {
      address: "https://127.0.0.1:18200",
      authLoginTokenFile: { filename: ".run/vault-token" },
      skipChildToken: true,
      maxRetries: 5,
      skipTlsVerify: false,
      caCertFile: ".run/vault-ca.crt",
      tlsServerName: "vault.vault.svc",
    });
  });
});
