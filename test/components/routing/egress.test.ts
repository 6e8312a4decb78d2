import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { outside } from "../../support/outside.ts";
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
  spec: {
    hosts: string[];
    exportTo: string[];
    ports: { number: number; name: string; protocol: string }[];
  };
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

describe("A database and a Redis of others", () => {
  it("are known to the sidecar by their networks, whatever address it is asked for", async () => {
    const dev = await synth("dev", outside("dev"));
    const spec = dev.input(sidecar, "spec") as { egress: { hosts: string[] }[] };
    assert.deepEqual(spec.egress, [{ hosts: ["./*"] }]);
    const entry = (name: string) =>
      dev.input(`kubernetes:networking.istio.io/v1:ServiceEntry::${name}`, "spec");
    const shared = { exportTo: ["."], location: "MESH_EXTERNAL", resolution: "NONE" };
    assert.deepEqual(entry("postgres-store"), {
      ...shared,
      hosts: ["db.example.com"],
      addresses: ["10.20.0.0/24"],
      ports: [{ number: 5432, name: "tls-postgres-5432", protocol: "TCP" }],
    });
    assert.deepEqual(entry("redis-store"), {
      ...shared,
      hosts: ["redis.example.com"],
      addresses: ["10.30.0.0/24"],
      ports: [{ number: 6380, name: "tls-redis-6380", protocol: "TCP" }],
    });
  });

  it("have a name for the mesh also where they are addresses only, and one entry for all ports", async () => {
    const sentinels = [{ host: "10.30.0.1" }, { host: "10.30.0.2", port: 5000 }];
    const redis = { servers: { mode: "sentinel", sentinels, tls: false } };
    const dev = await synth("dev", outside("dev", { redis }));
    const { hosts, ports } = dev.input(
      "kubernetes:networking.istio.io/v1:ServiceEntry::redis-store",
      "spec",
    ) as Entry["spec"];
    assert.deepEqual(hosts, ["redis.invalid"]);
    assert.deepEqual(
      ports.map(({ name }) => name),
      ["tcp-redis-26379", "tcp-redis-5000", "tcp-redis-6379"],
    );
  });

  it("are their namespace where they are Services of the cluster", async () => {
    const database = { host: "db.data.svc.cluster.local", networks: undefined };
    const dev = await synth("dev", outside("dev", { database }));
    const spec = dev.input(sidecar, "spec") as { egress: { hosts: string[] }[] };
    assert.deepEqual(spec.egress, [{ hosts: ["data/*", "./*"] }]);
    assert.ok(!dev.has("postgres-store"));
  });
});
