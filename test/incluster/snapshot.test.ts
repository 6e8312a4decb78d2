import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { after, before, beforeEach, describe, it } from "mocha";
import { SnapshotScript } from "../support/snapshot-script.ts";
import { files, meta, state, tar, unsealed, whole } from "../support/vault-snapshot.ts";

const podToken = "the-pods-own-token";
const vaultToken = "the-token-of-the-login";

describe("The script that takes snapshots of Vault", () => {
  const script = new SnapshotScript(podToken);
  let server: Server;
  let address: string;
  let requests: string[];
  let login: { status: number; body: object };
  /** The active server's address, as any server tells it. */
  let leader: string;
  let snapshot: (response: ServerResponse) => void;

  before(async () => {
    server = createServer((request, response) => {
      void (async () => {
        const body = (await request.setEncoding("utf8").toArray()).join("");
        requests.push(`${request.method} ${request.url} ${body}`.trim());
        if (request.url === "/v1/sys/leader")
          return response.end(JSON.stringify({ leader_address: leader }));
        if (request.url === "/v1/auth/kubernetes/login")
          return response.writeHead(login.status).end(JSON.stringify(login.body));
        if (request.headers["x-vault-token"] !== vaultToken) return response.writeHead(403).end();
        return snapshot(response);
      })();
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    script.clear();
    requests = [];
    leader = address;
    login = { status: 200, body: { auth: { client_token: vaultToken } } };
    snapshot = (response) => response.end(whole);
  });
  after(() => {
    script.remove();
    server.closeAllConnections();
    server.close();
  });

  async function refused(): Promise<string> {
    const existing = "vault-20200101T000000Z.snap";
    writeFileSync(join(script.folder, existing), "an earlier one");
    const { code, output } = await script.run({ VAULT_ADDRESS: address, KEEP: "1" });
    assert.equal(code, 1, output);
    assert.equal(output.split("\n").length, 1, output);
    for (const secret of [podToken, vaultToken]) assert.ok(!output.includes(secret), output);
    assert.deepEqual(script.files(), [existing]);
    return output;
  }

  it("asks who is active, logs in there, and writes what comes under the time of its end", async () => {
    const { code, output } = await script.run({ VAULT_ADDRESS: address });
    assert.equal(code, 0, output);
    assert.deepEqual(requests, [
      "GET /v1/sys/leader",
      `POST /v1/auth/kubernetes/login {"role":"vault-snapshot","jwt":"${podToken}"}`,
      "GET /v1/sys/storage/raft/snapshot",
    ]);
    const [name = "", ...others] = script.files();
    assert.match(name, /^vault-\d{8}T\d{6}Z\.snap$/);
    assert.deepEqual(others, []);
    assert.equal(output, `${name}: ${whole.length} bytes; 1 snapshots are kept, 0 removed.`);
    assert.ok(readFileSync(join(script.folder, name)).equals(whole));
    assert.equal(statSync(join(script.folder, name)).mode & 0o777, 0o600);
  });

  it("keeps the newest, and touches no file that it did not write", async () => {
    const old = [1, 2, 3, 4].map((day) => `vault-2020010${day}T000000Z.snap`);
    const others = ["lost+found", "vault-unseal-keys.yaml", "vault-20200101T000000Z.snap.old"];
    for (const name of [...old, ...others]) writeFileSync(join(script.folder, name), "");
    const { output } = await script.run({ VAULT_ADDRESS: address });
    assert.match(output, /3 snapshots are kept, 2 removed\.$/);
    const kept = script.files().filter((name) => !others.includes(name));
    assert.deepEqual(kept.slice(0, 2), old.slice(2));
    assert.equal(kept.length, 3);
    assert.equal(script.files().length, 3 + others.length);
  });

  it("writes over what a killed run left", async () => {
    writeFileSync(join(script.folder, "partial"), "x".repeat(whole.length * 2));
    const { code } = await script.run({ VAULT_ADDRESS: address });
    assert.equal(code, 0);
    const [name = "", ...others] = script.files();
    assert.deepEqual(others, []);
    assert.ok(readFileSync(join(script.folder, name)).equals(whole));
  });

  it("leaves nothing behind when it is stopped in the middle", async () => {
    snapshot = (response) => response.write(whole.subarray(0, 100));
    const { process, outcome } = script.start({ VAULT_ADDRESS: address });
    while (!existsSync(join(script.folder, "partial"))) await sleep(10);
    process.kill("SIGTERM");
    assert.equal((await outcome).code, 1);
    assert.deepEqual(script.files(), []);
  });

  it("asks again while nobody lets it in, as a network policy does not that has yet to know the pod", async () => {
    const late = createServer((_, response) =>
      response.end(JSON.stringify({ leader_address: address })),
    );
    await once(late.listen(0, "127.0.0.1"), "listening");
    const { port } = late.address() as AddressInfo;
    await once(late.close(), "close");
    const { process, outcome } = script.start({ VAULT_ADDRESS: `http://127.0.0.1:${port}` });
    await sleep(1_500);
    assert.equal(process.exitCode, null);
    late.listen(port, "127.0.0.1");
    assert.equal((await outcome).code, 0);
    late.closeAllConnections();
    late.close();
  });

  it("says that the login was refused", async () => {
    login = { status: 403, body: { errors: ["permission denied"] } };
    assert.equal(
      await refused(),
      `No snapshot was made: POST auth/kubernetes/login on ${address}: 403 permission denied`,
    );
  });

  it("says that its login may take no snapshot", async () => {
    snapshot = (response) => response.writeHead(403).end('{"errors":["permission denied"]}');
    assert.equal(
      await refused(),
      `No snapshot was made: GET sys/storage/raft/snapshot on ${address}: 403 permission denied`,
    );
  });

  it("says that no server is active", async () => {
    leader = "";
    assert.equal(await refused(), `No snapshot was made: ${address} knows of no active server`);
  });

  it("refuses a connection that was cut", async () => {
    snapshot = (response) =>
      response.writeHead(200).write(whole.subarray(0, 300), () => response.destroy());
    assert.equal(await refused(), `No snapshot was made: the connection to ${address} was cut`);
  });

  const broken: [string, Buffer, RegExp][] = [
    ["ends too early, but orderly", whole.subarray(0, -4), /unexpected end of file/],
    ["is empty", Buffer.alloc(0), /unexpected end of file/],
    ["is no archive", Buffer.from("<html>"), /incorrect header check/],
    [
      "is closed well around half an archive",
      gzipSync(tar(files).subarray(0, 4096)),
      /it ends in the middle/,
    ],
    [
      "has other data than its checksum",
      gzipSync(tar({ ...files, "state.bin": "other" })),
      /state\.bin is not what its checksum says/,
    ],
    [
      "has no checksums",
      gzipSync(tar({ "meta.json": meta, "state.bin": state })),
      /meta\.json is not what/,
    ],
    [
      "lacks the data",
      gzipSync(tar({ "meta.json": meta, SHA256SUMS: files.SHA256SUMS })),
      /state\.bin is not what/,
    ],
    ["lacks the sums that Vault checks", gzipSync(tar(unsealed)), /SHA256SUMS\.sealed is missing/],
  ];
  for (const [what, body, reason] of broken)
    it(`refuses an answer that ${what}`, async () => {
      snapshot = (response) => response.end(body);
      const output = await refused();
      assert.match(output, /^No snapshot was made: this is not a whole snapshot: /);
      assert.match(output, reason);
    });
});
