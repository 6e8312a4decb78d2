import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createProxy, type Server } from "node:http";
import { createServer as createApi } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "mocha";
import { openApi } from "../../effects/api.ts";
import { send } from "../../effects/http.ts";
import { readKubeconfig } from "../../effects/kubeconfig.ts";
import { proxyFor } from "../../effects/proxy.ts";
import { openTunnel } from "../../effects/tunnel.ts";
import { newAuthority, newCertificate } from "../support/certificates.ts";

/** A name that no server of names knows: whoever gets there has asked the proxy. */
const name = "api.cluster.invalid";

describe("A proxy between the program and the API server", () => {
  const folder = mkdtempSync(join(tmpdir(), "shlink-platform-proxy-"));
  const before_ = { ...process.env };
  let ca = "";
  const asked: string[] = [];
  const called: string[] = [];
  const api = createApi((request, response) => {
    called.push(request.url ?? "");
    response.setHeader("content-type", "application/json");
    const pods = { kind: "PodList", apiVersion: "v1", metadata: {}, items: [running] };
    response.end(JSON.stringify(request.url?.includes("/pods") ? pods : { gitVersion: "v1" }));
  });
  const proxy: Server = createProxy();
  const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;

  before(async () => {
    const authority = await newAuthority();
    const own = await newCertificate(authority, name);
    ca = authority.certificate;
    api.setSecureContext({ cert: own.certificate, key: own.key });
    api.on("upgrade", (request, socket) => {
      called.push(request.url ?? "");
      socket.destroy();
    });
    proxy.on("connect", (request, socket) => {
      asked.push(request.url ?? "");
      const through = connect(portOf(api), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        through.pipe(socket).pipe(through);
      });
      for (const end of [through, socket]) end.on("error", () => through.destroy());
    });
    for (const server of [api, proxy]) {
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
    }
  });
  beforeEach(() => {
    asked.length = called.length = 0;
    for (const key of ["HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"])
      Reflect.deleteProperty(process.env, key);
  });
  after(() => {
    api.close();
    proxy.close();
    process.env = before_;
    rmSync(folder, { recursive: true });
  });

  const address = () => `http://127.0.0.1:${portOf(proxy)}`;
  function useKubeconfig(cluster: object) {
    const data = Buffer.from(ca).toString("base64");
    const server = {
      server: `https://${name}:6443`,
      "certificate-authority-data": data,
      ...cluster,
    };
    const file = join(folder, "kubeconfig");
    const context = { cluster: "c", user: "u" };
    writeFileSync(
      file,
      JSON.stringify({
        "current-context": "here",
        contexts: [{ name: "here", context }],
        clusters: [{ name: "c", cluster: server }],
        users: [{ name: "u", user: {} }],
      }),
    );
    process.env["KUBECONFIG"] = file;
  }
  const version = async () => (await openApi(await readKubeconfig()))("/version");

  it("is taken from the kubeconfig's proxy-url", async () => {
    useKubeconfig({ "proxy-url": address() });
    assert.equal((await version()).status, 200);
    assert.deepEqual(asked, [`${name}:6443`]);
  });

  it("is taken from HTTPS_PROXY, which the kubeconfig's own goes before", async () => {
    useKubeconfig({});
    process.env["HTTPS_PROXY"] = address();
    assert.equal((await version()).status, 200);
    assert.deepEqual(asked, [`${name}:6443`]);
    useKubeconfig({ "proxy-url": address() });
    process.env["HTTPS_PROXY"] = "http://127.0.0.1:1";
    assert.equal((await version()).status, 200);
  });

  it("is left out for what NO_PROXY names, which then cannot be reached", async () => {
    useKubeconfig({});
    process.env["HTTPS_PROXY"] = address();
    process.env["NO_PROXY"] = ".cluster.invalid";
    await assert.rejects(version(), /ENOTFOUND|EAI_AGAIN/);
    assert.deepEqual(asked, []);
  });

  it("stands in the way of a tunnel, too: of the question for its pod and of the tunnel itself", async () => {
    useKubeconfig({});
    process.env["HTTPS_PROXY"] = address();
    const localPort = 28_971;
    const tunnel = { localPort, namespace: "vault", selector: "a=b", port: 8200, setting: "t" };
    await openTunnel(await readKubeconfig(), tunnel);
    const client = connect(localPort, "127.0.0.1");
    client.on("error", () => undefined);
    await once(client, "close");
    assert.ok(
      called.some((path) => path.includes("/pods?labelSelector=")),
      called.join(" "),
    );
    assert.ok(
      called.some((path) => path.includes("/portforward")),
      called.join(" "),
    );
    assert.ok(asked.length >= 2);
  });

  it("is not for what goes through a tunnel, which is on loopback", async () => {
    process.env["HTTPS_PROXY"] = address();
    const url = `https://127.0.0.1:${portOf(api)}/v1`;
    const answer = await send(url, { method: "POST", body: {} }, { ca, servername: name });
    assert.equal(answer.status, 200);
    assert.deepEqual(asked, []);
  });
});

describe("The proxy for a server", () => {
  const through = "http://proxy.example.com:3128";
  const of = (server: string, NO_PROXY = "", more: Record<string, string> = {}) =>
    proxyFor(server, { HTTPS_PROXY: through, NO_PROXY, ...more });

  it("is that of its scheme, in capitals or not, with or without a scheme of its own", () => {
    assert.equal(of("https://k8s.example.com"), through);
    assert.equal(of("http://k8s.example.com"), undefined);
    assert.equal(proxyFor("https://a.b", { https_proxy: "p:3128" }), "http://p:3128");
    assert.equal(proxyFor("http://a.b", { HTTP_PROXY: "socks5://p:1" }), "socks5://p:1");
    assert.equal(proxyFor("https://a.b", { HTTPS_PROXY: "" }), undefined);
    assert.equal(proxyFor("no address", { HTTPS_PROXY: through }), undefined);
  });

  it("is none for loopback addresses", () => {
    for (const host of ["localhost", "127.0.0.1", "127.9.9.9:6443", "[::1]:6443"])
      assert.equal(of(`https://${host}`), undefined, host);
  });

  for (const [exceptions, server] of [
    ["*", "https://k8s.example.com"],
    ["example.com", "https://k8s.example.com"],
    [".example.com", "https://k8s.example.com"],
    ["*.example.com", "https://k8s.example.com"],
    ["a, K8S.example.com", "https://k8s.example.com"],
    ["k8s.example.com:6443", "https://k8s.example.com:6443"],
    ["10.0.0.0/8", "https://10.1.2.3:6443"],
    ["10.1.2.3", "https://10.1.2.3:6443"],
    ["fd00::/8", "https://[fd00::1]:6443"],
    ["fd00::1", "https://[fd00::1]:6443"],
  ] as const)
    it(`is none for ${server} where NO_PROXY is ${exceptions}`, () => {
      assert.equal(of(server, exceptions), undefined);
    });

  for (const [exceptions, server] of [
    [".example.com", "https://example.com"],
    ["example.com", "https://badexample.com"],
    ["k8s.example.com:443", "https://k8s.example.com:6443"],
    ["10.0.0.0/8", "https://11.1.2.3"],
    ["10.0.0.0/8", "https://k8s.example.com"],
    ["10.1.2", "https://10.1.2.3"],
    ["10.0.0.0/x", "https://10.1.2.3"],
    ["", "https://k8s.example.com"],
  ] as const)
    it(`stays for ${server} where NO_PROXY is "${exceptions}"`, () => {
      assert.equal(of(server, exceptions), through);
    });
});

const running = {
  metadata: { name: "vault-0", namespace: "vault" },
  status: { phase: "Running" },
};
