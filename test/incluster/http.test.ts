import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import { freePort } from "../local/substitutes/integration/postgres.ts";
import { newAuthority, newCertificate } from "../support/certificates.ts";
import { podNode } from "../support/pod-node.ts";

const [root, stranger] = [await newAuthority(), await newAuthority()];
const leaf = await newCertificate(root, "localhost");
const file = new URL("../../incluster/http.ts", import.meta.url).href;

/** As in a pod: a process of its own, for what it trusts is the process's. */
async function run(body: string): Promise<string> {
  const program = `import { readFileSync, writeFileSync } from "node:fs";
import { readJson, send } from ${JSON.stringify(file)};
const get = async (url, rest = {}) =>
  (await readJson(await send(url, { method: "GET", server: "Vault", patience: 2000, ...rest })));
const say = (promise) => promise.then(
  ({ status, body }) => console.log(status, JSON.stringify(body)),
  (error) => console.log(error.message),
);
${body}`;
  const { stdout } = await promisify(execFile)(podNode, ["--input-type=module", "-e", program]);
  return stdout.trim();
}

describe("HTTP in pods", () => {
  let folder: string;
  let ca: string;
  const servers: Server[] = [];
  const requests: string[] = [];

  const listener: RequestListener = (request, response) => {
    void (async () => {
      const text = (await request.setEncoding("utf8").toArray()).join("");
      requests.push(`${request.method} ${request.headers["content-type"] ?? ""} ${text}`.trim());
      if (request.url === "/silent") return;
      if (request.url === "/moved")
        return response.writeHead(307, { location: "/v1" }).end('{"moved":true}');
      if (request.url === "/page") return response.writeHead(502).end("<html>");
      if (request.url === "/broken") return response.end("<html>");
      if (request.url === "/none") return response.writeHead(204).end();
      if (request.url === "/dies") return response.socket?.resetAndDestroy();
      if (request.url === "/stalls") return response.write("{");
      if (request.url === "/slow") {
        for (const piece of ['{"a"', ":", "1", "}"]) {
          await new Promise((resolve) => setTimeout(resolve, 300));
          response.write(piece);
        }
        return response.end();
      }
      return response.end('{"served":true}');
    })();
  };
  async function listen(server: Server): Promise<string> {
    servers.push(server);
    await once(server.listen(0, "127.0.0.1"), "listening");
    return `localhost:${(server.address() as AddressInfo).port}`;
  }

  let plain: string;
  let secure: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "incluster-http-"));
    ca = join(folder, "ca.crt");
    plain = `http://${await listen(createServer(listener))}`;
    const tls = { key: leaf.key, cert: leaf.certificate };
    secure = `https://${await listen(createTlsServer(tls, listener))}`;
  });
  after(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(folder, { recursive: true });
  });
  const answers = (path: string, rest = "{}") => run(`await say(get("${plain}${path}", ${rest}));`);

  it("sends and reads JSON", async () => {
    assert.equal(await answers("/", '{ method: "PUT", body: { a: 1 } }'), '200 {"served":true}');
    assert.equal(requests.at(-1), 'PUT application/json {"a":1}');
    assert.equal(await answers("/none"), "204 {}");
  });

  it("takes an error that is no JSON, but no success that is none", async () => {
    assert.equal(await answers("/page"), "502 {}");
    assert.match(await answers("/broken"), /not valid JSON/);
  });

  it("follows no redirect: whoever leads it elsewhere does not get its token", async () => {
    assert.equal(await answers("/moved"), '307 {"moved":true}');
  });

  it("waits for a silent server as long as it is told, before an answer and within it", async () => {
    for (const path of ["/silent", "/stalls"])
      assert.equal(await answers(path, "{ patience: 500 }"), "Vault did not answer in 0.5 s");
  });

  it("waits on while something comes", async () => {
    assert.equal(await answers("/slow", "{ patience: 1100 }"), '200 {"a":1}');
  });

  it("says why there is no answer", async () => {
    const port = await freePort();
    const refused = await run(`await say(get("http://127.0.0.1:${port}"));`);
    assert.equal(refused, `connect ECONNREFUSED 127.0.0.1:${port}`);
    assert.equal(await answers("/dies"), "the connection to Vault was cut");
    assert.match(await run('await say(get("http://nobody.invalid"));'), /^getaddrinfo E/);
  });

  it("trusts the authority in the file alone, wherever in the file it stands", async () => {
    const ask = `await say(get("${secure}/", { ca: ${JSON.stringify(ca)} }));`;
    writeFileSync(ca, root.certificate);
    assert.equal(await run(ask), '200 {"served":true}');
    writeFileSync(ca, `${stranger.certificate}\n${root.certificate}`);
    assert.equal(await run(ask), '200 {"served":true}');
    writeFileSync(ca, stranger.certificate);
    assert.match(await run(ask), /certificate/);
    const publicRoots = `import { getCACertificates } from "node:tls";
${ask}
console.log(getCACertificates("default").length);`;
    assert.match(await run(publicRoots), /\n1$/);
  });

  it("takes an authority that changes while it runs, and those of all whom it calls", async () => {
    const other = join(folder, "other.crt");
    writeFileSync(ca, stranger.certificate);
    writeFileSync(other, stranger.certificate);
    const file = JSON.stringify(ca);
    const said = await run(`await say(get("${secure}/", { ca: ${file} }));
writeFileSync(${file}, ${JSON.stringify(root.certificate)});
await say(get("${secure}/", { ca: ${file} }));
await say(get("${plain}/", { ca: ${JSON.stringify(other)} }));
await say(get("${secure}/", { ca: ${file} }));`);
    assert.match(said, /certificate.*\n200 .*\n200 .*\n200 /);
  });

  it("refuses a certificate of the right authority for another name", async () => {
    writeFileSync(ca, root.certificate);
    const address = secure.replace("localhost", "127.0.0.1");
    const said = await run(`await say(get("${address}/", { ca: ${JSON.stringify(ca)} }));`);
    assert.match(said, /IP: 127\.0\.0\.1 is not in the cert's list/);
  });

  it("lets the process end once everything is answered", async () => {
    const said = await run(`await say(get("${plain}/"));
const answered = performance.now();
process.on("exit", () => console.log(Math.round(performance.now() - answered)));`);
    // A connection that is kept open would keep the process for four seconds and more.
    assert.ok(Number(said.split("\n").at(-1)) < 2_000, said);
  });
});
