import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { component, synth, type Synthesis } from "../../support/synth.ts";

const deployment = "kubernetes:apps/v1:Deployment::web-client";
const servers = "kubernetes:core/v1:ConfigMap::web-client-servers";
const istio = (kind: string, name: string, group = "networking") =>
  `kubernetes:${group}.istio.io/v1:${kind}::${name}`;
const page = { mode: "page", host: "admin.example.com" };

describe("The web client", () => {
  let prod: Synthesis;
  before(async () => {
    prod = await synth("prod", { webClient: { ...page, clients: ["10.0.0.0/8"] } });
  });
  const pod = (...path: (string | number)[]) =>
    prod.input(deployment, "spec", "template", "spec", ...path);

  it("is not there unless it is asked for", async () => {
    const without = await synth("prod");
    assert.ok(!without.text().includes("web-client"));
    assert.ok(!without.text().includes("CORS_ALLOW_ORIGIN"));
  });

  it("is a list of servers, pods behind a Service, a route, and who may read it", () => {
    assert.deepEqual(
      prod.children(component("WebClient", "web-client")),
      [
        servers,
        deployment,
        "kubernetes:core/v1:Service::web-client",
        "kubernetes:policy/v1:PodDisruptionBudget::web-client",
        istio("VirtualService", "web-client-virtualservice"),
        istio("DestinationRule", "web-client-destinationrule"),
        istio("Sidecar", "web-client-egress"),
        istio("AuthorizationPolicy", "web-client-authz", "security"),
        istio("AuthorizationPolicy", "web-client-clients", "security"),
      ].sort(),
    );
  });

  it("runs as nobody in particular on a root that it cannot write, with no token", () => {
    assert.equal(pod("automountServiceAccountToken"), false);
    assert.equal(pod("securityContext", "runAsUser"), 101);
    assert.equal(pod("securityContext", "runAsNonRoot"), true);
    assert.deepEqual(pod("containers", 0, "securityContext"), {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    const image = pod("containers", 0, "image");
    assert.equal(image, "docker.io/shlinkio/shlink-web-client:4.8.0");
    assert.equal(pod("containers", 0, "env"), undefined);
  });

  it("offers this stack's Shlink below its path, or those that are set, and never a key", async () => {
    const listed = (stack: Synthesis) =>
      JSON.parse(stack.input(servers, "data", "servers.json") as string) as object[];
    const apiKey = "enter your own API key";
    assert.deepEqual(listed(prod), [{ name: "Shlink", url: "https://s.example.com", apiKey }]);
    const below = await synth("prod", { webClient: page, shlink: { basePath: "/go" } });
    assert.deepEqual(listed(below), [{ name: "Shlink", url: "https://s.example.com/go", apiKey }]);
    const two = [
      { name: "A", url: "https://a.example.com" },
      { name: "B", url: "https://b.example.com/go" },
    ];
    const set = await synth("prod", { webClient: { ...page, servers: two } });
    assert.deepEqual(
      listed(set),
      two.map((one) => ({ ...one, apiKey })),
    );
  });

  it("is served under its host with the certificate of the others, and only read", () => {
    const gateway = istio("Gateway", "shlink-gateway");
    for (const server of prod.input(gateway, "spec", "servers") as { hosts: string[] }[])
      assert.deepEqual(server.hosts, ["s.example.com", "admin.example.com"]);
    const routes = istio("VirtualService", "web-client-virtualservice");
    assert.deepEqual(prod.input(routes, "spec", "hosts"), ["admin.example.com"]);
    const http = prod.input(routes, "spec", "http") as { match: object[] }[];
    assert.deepEqual(
      http.map(({ match }) => match),
      [["GET", "HEAD"].map((exact) => ({ method: { exact }, uri: { prefix: "/" } }))],
    );
    const links = istio("VirtualService", "shlink-virtualservice");
    assert.deepEqual(prod.input(links, "spec", "hosts"), ["s.example.com"]);
  });

  it("is read through the gateway alone, by the networks that are set", () => {
    const readers = istio("AuthorizationPolicy", "web-client-authz", "security");
    const [rule] = prod.input(readers, "spec", "rules") as { from: object[]; to: object[] }[];
    assert.deepEqual(rule?.to, [{ operation: { methods: ["GET", "HEAD"] } }]);
    assert.equal(rule?.from.length, 1);
    const clients = istio("AuthorizationPolicy", "web-client-clients", "security");
    assert.deepEqual(prod.input(clients, "spec", "rules"), [
      {
        from: [{ source: { notRemoteIpBlocks: ["10.0.0.0/8"] } }],
        to: [{ operation: { hosts: ["admin.example.com", "admin.example.com:*"] } }],
      },
    ]);
  });

  describe("with a login", () => {
    const login = {
      mode: "jwt",
      issuer: "https://login.example.com",
      audiences: ["shlink"],
      keysUrl: "https://keys.example.com:8443/jwks",
    };
    const authentication = istio("RequestAuthentication", "web-client-login", "security");
    const withLogin = (more: object = {}) =>
      synth("prod", { webClient: { ...page, login: { ...login, ...more } } });

    it("asks each of the page's pods for a token of that issuer, and nobody else's", async () => {
      const stack = await withLogin();
      const { issuer, audiences, keysUrl: jwksUri } = login;
      assert.deepEqual(stack.input(authentication, "spec"), {
        selector: { matchLabels: { app: "web-client" } },
        jwtRules: [{ issuer, audiences, jwksUri }],
      });
      const readers = istio("AuthorizationPolicy", "web-client-authz", "security");
      const [rule] = stack.input(readers, "spec", "rules") as { from: { source: object }[] }[];
      assert.deepEqual(
        rule?.from.map(({ source }) => Object.keys(source).sort()),
        [["principals", "requestPrincipals"]],
      );
      assert.match(
        JSON.stringify(rule),
        /"requestPrincipals":\["https:\/\/login.example.com\/\*"\]/,
      );
    });

    it("takes the token from where the proxy puts it", async () => {
      const place = async (more: object) =>
        (await withLogin(more)).input(authentication, "spec", "jwtRules", 0) as object;
      const rule = await place({});
      assert.deepEqual(await place({ header: "x-token" }), {
        ...rule,
        fromHeaders: [{ name: "x-token" }],
      });
      assert.deepEqual(await place({ cookie: "token" }), { ...rule, fromCookies: ["token"] });
    });

    it("lets istiod fetch the keys", async () => {
      const egress = async (stack: Promise<Synthesis>) =>
        JSON.stringify(
          (await stack).input("kubernetes:networking.k8s.io/v1:NetworkPolicy::istiod"),
        );
      assert.match(await egress(withLogin()), /8443/);
      assert.doesNotMatch(await egress(synth("prod", { webClient: page })), /8443/);
    });
  });

  it("alone may call the API from a browser, beside the origins that are set", async () => {
    const origins = (stack: Synthesis) =>
      /"CORS_ALLOW_ORIGIN","value":"([^"]*)"/.exec(stack.text())?.[1];
    assert.equal(origins(prod), "https://admin.example.com");
    const cors = { origins: ["https://tool.example.com"] };
    const both = await synth("prod", { webClient: page, shlink: { cors } });
    assert.equal(origins(both), "https://tool.example.com,https://admin.example.com");
    const dev = await synth("dev", { webClient: page });
    assert.equal(origins(dev), "http://admin.example.com");
  });

  it("calls nobody but the collector of its proxy's traces", async () => {
    const egress = istio("Sidecar", "web-client-egress");
    assert.deepEqual(prod.input(egress, "spec", "egress"), [{ hosts: ["monitoring/*"] }]);
    const dev = await synth("dev", { webClient: page });
    assert.deepEqual(dev.input(egress, "spec", "egress"), [{ hosts: ["~/*"] }]);
  });
});
