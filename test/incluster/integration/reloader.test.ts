import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import * as https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TLSSocket } from "node:tls";
import { afterEach, beforeEach, describe, it } from "mocha";
import { readPrograms } from "../../../components/program/index.ts";
import { newAuthority, newCertificate } from "../../support/certificates.ts";
import { podNode } from "../../support/pod-node.ts";
import { findTool } from "../../local/providers/integration/tools.ts";
import { freePort } from "../../local/substitutes/integration/postgres.ts";
import { skip } from "../../support/skip.ts";

const binary = findTool("bao");
const root = await newAuthority();
/** As in a pod that shares its processes: no server outside is seen, or signalled. */
const isolate = ["--pid", "--fork", "--mount-proc", "--kill-child"];
const canIsolate = spawnSync("unshare", [...isolate, "true"]).status === 0;

describe("Vault's reloader, beside a real server", function () {
  this.timeout(60_000);
  if (binary === undefined || !canIsolate)
    return skip("it needs the binary `bao`, and root for a process namespace");

  let folder: string;
  let port: number;
  let pod: ChildProcess;
  let output: string;
  let token: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "vault-reloader-"));
    port = await freePort();
    output = "";
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    for (const [name, text] of Object.entries(readPrograms("reloader.ts")))
      writeFileSync(join(folder, name), text);
    writeFileSync(
      join(folder, "vault.hcl"),
      `unsafe_allow_api_audit_creation = true
storage "inmem" {}
listener "tcp" {
  address = "127.0.0.1:${port}"
  tls_cert_file = "${folder}/tls.crt"
  tls_key_file = "${folder}/tls.key"
}
`,
    );
    // The command line under the server's name.
    symlinkSync("/bin/sleep", join(folder, "vault"));
    await certify();
  });

  afterEach(async () => {
    if (pod.exitCode === null && pod.signalCode === null) {
      pod.kill("SIGKILL");
      await once(pod, "exit");
    }
    rmSync(folder, { recursive: true });
  });

  async function certify(): Promise<string> {
    const { certificate, key } = await newCertificate(root, "localhost");
    writeFileSync(join(folder, "tls.key"), key);
    writeFileSync(join(folder, "tls.crt"), certificate);
    return certificate;
  }

  /** Starts all at once, so that the script sees a server that does not listen yet. */
  function start(limits: { maxBytes: number; keep: number }): void {
    const script = `"${binary}" server -config="$0/vault.hcl" & "${podNode}" "$0/reloader.ts" &
      { "$0/vault" 3600; echo "the command line died"; } & wait`;
    pod = spawn("unshare", [...isolate, "sh", "-c", script, folder], {
      env: {
        VAULT_PORT: `${port}`,
        INTERVAL_SECONDS: "0.05",
        CERTIFICATE: join(folder, "tls.crt"),
        AUDIT_LOG: join(folder, "audit.log"),
        AUDIT_MAX_BYTES: `${limits.maxBytes}`,
        AUDIT_KEEP: `${limits.keep}`,
      },
    });
    for (const stream of [pod.stdout, pod.stderr])
      stream?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  }

  const agent = () => new https.Agent({ ca: root.certificate, servername: "localhost" });
  function call(method: string, path: string, body?: object): Promise<[number, string]> {
    return new Promise((resolve, reject) => {
      const headers = { "x-vault-token": token };
      const options = { method, host: "127.0.0.1", port, path: `/v1/${path}`, headers };
      const request = https.request({ ...options, agent: agent() }, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () => resolve([response.statusCode ?? 0, text]));
      });
      request.on("error", reject);
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
    for (let tries = 0; tries < 200; tries++, await sleep(50)) if (await holds()) return;
    assert.fail(`${what}: never\n${output}`);
  }

  /** From nothing to a server that keeps an audit log. */
  async function open(): Promise<void> {
    token = "";
    const answers = () =>
      call("GET", "sys/seal-status").then(
        () => true,
        () => false,
      );
    await until("the server listens", answers);
    const [, text] = await call("PUT", "sys/init", { secret_shares: 1, secret_threshold: 1 });
    const { keys, root_token } = JSON.parse(text) as { keys: string[]; root_token: string };
    token = root_token;
    await call("PUT", "sys/unseal", { key: keys[0] });
    await until("it is open", async () => (await call("GET", "sys/health"))[0] === 200);
    const options = { file_path: join(folder, "audit.log") };
    const [status, reason] = await call("PUT", "sys/audit/file", { type: "file", options });
    assert.equal(status, 204, reason);
  }

  const isShown = async (certificate: string) => {
    const socket = https.request({ host: "127.0.0.1", port, agent: agent() });
    socket.on("error", () => undefined).end();
    const [tls] = (await once(socket, "socket")) as [TLSSocket];
    await once(tls, "secureConnect");
    const shown = tls.getPeerX509Certificate()?.toString();
    socket.destroy();
    return shown === certificate;
  };

  const logs = () =>
    readdirSync(folder)
      .filter((name) => name.startsWith("audit.log"))
      .sort();
  const logged = () =>
    logs().flatMap((name) => readFileSync(join(folder, name), "utf8").trim().split("\n"));

  it("has it load a new certificate without a restart, and leaves the command line alone", async () => {
    start({ maxBytes: 1e9, keep: 3 });
    await open();
    const renewed = await certify();
    await until("the new certificate is served", () => isShown(renewed));
    assert.equal((await call("GET", "sys/health"))[0], 200);
    assert.match(output, /had Vault load the certificate [0-9A-F:]+/);
    assert.doesNotMatch(output, /died/);
    const said = output.match(/had Vault/g)?.length;
    await sleep(500);
    assert.equal(output.match(/had Vault/g)?.length, said);
  });

  it("rotates the audit log as it grows, and loses no line", async () => {
    start({ maxBytes: 20_000, keep: 90 });
    await open();
    for (let round = 0; round < 40; round++)
      await Promise.all(
        Array.from({ length: 10 }, (_, index) => call("GET", `cubbyhole/n${round * 10 + index}-`)),
      );
    await until("it was rotated several times", () => logs().length > 3);
    await until("the server has a log again", () => existsSync(join(folder, "audit.log")));
    const lines = logged();
    for (const line of lines) JSON.parse(line);
    for (let request = 0; request < 400; request++) {
      const found = lines.filter((line) => line.includes(`"path":"cubbyhole/n${request}-"`));
      assert.equal(found.length, 2, `request and answer ${request}`);
    }
    assert.doesNotMatch(output, /died/);
  });

  it("keeps as many as it is told to, the latest", async () => {
    start({ maxBytes: 5_000, keep: 2 });
    await open();
    for (let request = 0; request < 100; request++) {
      await call("GET", `cubbyhole/n${request}-`);
      await sleep(10);
    }
    await until("the server has a log again", () => existsSync(join(folder, "audit.log")));
    assert.deepEqual(logs(), ["audit.log", "audit.log.1", "audit.log.2"]);
    const lines = logged();
    assert.ok(lines.some((line) => line.includes("/n99-")));
    assert.ok(!lines.some((line) => line.includes("/n0-")));
  });

  it("has the server open a log when it died after it had renamed one", async () => {
    start({ maxBytes: 1e9, keep: 3 });
    await open();
    await call("GET", "cubbyhole/before-");
    renameSync(join(folder, "audit.log"), join(folder, "audit.log.1"));
    await until("the server has a log again", () => existsSync(join(folder, "audit.log")));
    await call("GET", "cubbyhole/after-");
    assert.match(readFileSync(join(folder, "audit.log.1"), "utf8"), /cubbyhole\/before-/);
    assert.match(readFileSync(join(folder, "audit.log"), "utf8"), /cubbyhole\/after-/);
  });
});
