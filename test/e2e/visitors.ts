import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { connect, type SecureVersion } from "node:tls";
import { promisify } from "node:util";
import { before, it } from "mocha";
import { hostAddress, namespacePath } from "../../local/cluster/layout.ts";
import {
  call,
  createLink,
  type Entry,
  type Link,
  readApiKey,
  visitsOf,
} from "../../local/stack/smoke.ts";
import { kubeconfig, kubernetes, query, until } from "./platform.ts";

const run = promisify(execFile);
const forged = "203.0.113.7";
/** Headers by which a visitor could pretend to be somebody else. */
const claims = [
  "x-forwarded-for",
  "cf-connecting-ip",
  "true-client-ip",
  "x-real-ip",
  "forwarded",
  "x-envoy-external-address",
];

/** Tests for a running platform: what visitors and callers of its API get. */
export function servesVisitors(entry: () => Entry): void {
  let key = "";
  let link: Link;
  before(async () => {
    key = await readApiKey(kubeconfig);
  });

  it("creates a link with the API key, follows it, and counts the visit", async () => {
    link = await createLink(entry(), key, "https://example.com/e2e");
    const redirect = await call(entry(), { path: `/${link.shortCode}` });
    assert.equal(redirect.status, 302);
    assert.equal(redirect.location, "https://example.com/e2e");
    await until("the visit counted", 10, async () => (await visitsOf(entry(), key, link)) === 1);
  });

  it("records the client's own address, whatever headers it sends", async () => {
    const visited = await createLink(entry(), key, "https://example.com/address");
    const given = Object.fromEntries(claims.map((name) => [name, forged]));
    for (const headers of [{}, given, { "x-forwarded-for": `nonsense, ${forged}, ${forged}` }])
      await call(entry(), { path: `/${visited.shortCode}`, headers });
    const counted = async () => (await visitsOf(entry(), key, visited)) === 3;
    await until("three visits counted", 10, counted);
    const addresses = await query(
      `SELECT DISTINCT v.remote_addr FROM visits v JOIN short_urls u ON u.id = v.short_url_id WHERE u.short_code = '${visited.shortCode}'`,
    );
    // The last part goes before it is stored.
    assert.equal(addresses, hostAddress.replace(/\d+$/, "0"));
  });

  it("knows no other host", async () => {
    const answer = await call(entry(), { path: `/${link.shortCode}`, host: "other.example" });
    assert.equal(answer.status, 404);
  });

  it("answers 401 without a key and with a wrong one", async () => {
    const path = "/rest/v3/short-urls";
    const wrong = "00000000-0000-4000-8000-000000000000";
    for (const attempt of [{ path }, { path, key: wrong }])
      assert.equal((await call(entry(), attempt)).status, 401);
  });

  it("passes its health check", async () => {
    const { status, body } = await call(entry(), { path: "/rest/health" });
    assert.equal(status, 200);
    assert.equal((JSON.parse(body) as { status: string }).status, "pass");
  });

  it("refuses plaintext to a pod", async () => {
    const { core } = kubernetes();
    const pods = await core.listNamespacedPod({ namespace: "shlink", labelSelector: "app=shlink" });
    const url = `http://${pods.items[0]?.status?.podIP}:8080/rest/health`;
    const request = [`--net=${namespacePath}`, "curl", "-sS", "-m", "5", url];
    // curl's 56 and 52: the connection was cut, nothing was answered.
    await assert.rejects(run("nsenter", request), (error: { code: number }) =>
      [52, 56].includes(error.code),
    );
  });
}

/** Tests for a gateway with a certificate. */
export function speaksTls(entry: () => Entry): void {
  it("leads plain HTTP to HTTPS, and tells browsers to stay there", async () => {
    const { address, host } = entry();
    const plain = await call({ address, host, port: 80 }, { path: "/some-link" });
    assert.equal(plain.status, 301);
    assert.equal(plain.location, `https://${host}/some-link`);
    const { headers } = await call(entry(), { path: "/rest/health" });
    assert.equal(headers["strict-transport-security"], "max-age=31536000; includeSubDomains");
  });

  it("speaks no TLS below 1.2", async () => {
    await assert.rejects(handshake(entry(), "TLSv1.1"));
    await handshake(entry(), "TLSv1.2");
  });
}

/** Tests for a gateway whose limits are within reach of one machine. */
export function limitsRates(entry: () => Entry): void {
  it("refuses writes beyond their rate, and goes on with redirects", async () => {
    const write = { method: "POST", path: "/rest/v3/short-urls", body: {} };
    const answers = await Promise.all(Array.from({ length: 200 }, () => call(entry(), write)));
    const statuses = new Set(answers.map(({ status }) => status));
    // Without a key none is let in; beyond the rate none is even asked for it.
    assert.deepEqual([...statuses].sort(), [401, 429]);
    assert.equal((await call(entry(), { path: "/no-such-link" })).status, 404);
  });
}

function handshake({ address, port, host, ca }: Entry, version: SecureVersion): Promise<void> {
  const versions = { minVersion: version, maxVersion: version } as const;
  // The client's own library would refuse the old version otherwise.
  const ciphers = "DEFAULT@SECLEVEL=0";
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, servername: host, ca, ciphers, ...versions });
    socket.once("error", reject);
    socket.once("secureConnect", () => {
      socket.destroy();
      resolve();
    });
  });
}
