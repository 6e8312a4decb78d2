import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { synth } from "../../support/synth.ts";

const sidecar = "kubernetes:networking.istio.io/v1:Sidecar::shlink-egress";

const geolite = { mode: "license" };
const matomo = { mode: "server", url: "https://matomo.example.com:8443", siteId: 1 };
const realTimeUpdates = {
  mercure: {
    mode: "hub",
    publicUrl: "https://hub.example.org",
    internalUrl: "http://hub.example.net",
  },
  rabbitMq: {
    mode: "broker",
    host: "rabbitmq.messages.svc.cluster.local",
    port: 5672,
    user: "shlink",
    tls: false,
  },
};

interface Entry {
  metadata: { namespace: string };
  spec: { hosts: string[]; exportTo: string[]; ports: { number: number; protocol: string }[] };
}

describe("Shlink's calls", () => {
  it("go to its database, its Redis and the collector of its traces only", async () => {
    const prod = await synth("prod");
    assert.deepEqual(prod.input(sidecar, "spec"), {
      workloadSelector: { labels: { app: "shlink" } },
      egress: [{ hosts: ["postgres/*", "redis/*", "monitoring/*"] }],
      outboundTrafficPolicy: { mode: "REGISTRY_ONLY" },
    });
  });

  it("go to the services that its settings name, in the cluster or outside of it", async () => {
    const dev = await synth("dev", { shlink: { geolite, matomo, realTimeUpdates } });
    const spec = dev.input(sidecar, "spec") as { egress: { hosts: string[] }[] };
    assert.deepEqual(spec.egress, [{ hosts: ["postgres/*", "redis/*", "./*", "messages/*"] }]);
    assert.deepEqual(dev.input(sidecar, "spec", "outboundTrafficPolicy"), {
      mode: "REGISTRY_ONLY",
    });
    const entries = dev.of("ServiceEntry").map(({ inputs }) => inputs as unknown as Entry);
    assert.deepEqual(
      entries.map(({ spec: { hosts, ports } }) => [
        hosts[0]?.split(".").slice(-2).join("."),
        ports[0]?.protocol,
        ports[0]?.number,
      ]),
      [
        ["maxmind.com", "TLS", 443],
        ["cloudflarestorage.com", "TLS", 443],
        ["example.com", "TLS", 8443],
        ["example.net", "HTTP", 80],
      ],
    );
    for (const { metadata, spec } of entries) {
      assert.equal(metadata.namespace, "shlink");
      assert.deepEqual(spec.exportTo, ["."]);
    }
  });

  it("go anywhere when titles are to be fetched, and Shlink then fetches them", async () => {
    const dev = await synth("dev", { shlink: { resolveTitles: true } });
    assert.deepEqual(dev.input(sidecar, "spec", "outboundTrafficPolicy"), { mode: "ALLOW_ANY" });
    assert.match(dev.text(), /"AUTO_RESOLVE_TITLES","value":"true"/);
  });
});
