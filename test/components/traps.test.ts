import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { failoverSpec, maxMemoryMiB } from "../../components/redis/failover.ts";
import { readinessScript } from "../../components/redis/ready.ts";
import { scramVerifier } from "../../components/database/scram.ts";
import { primarySelector, userSecretLabels } from "../../components/database/postgres.ts";
import { authorizationSpec } from "../../components/routing/authorization.ts";
import {
  destinationSpec,
  gatewaySpec,
  virtualServiceSpec,
} from "../../components/routing/traffic.ts";
import { redisEnvironment, workersFor } from "../../components/shlink/environment.ts";
import { goDuration } from "../../components/external-secrets/index.ts";
import { vaultConfig } from "../../components/vault/config.ts";
import { vaultValues } from "../../components/vault/server.ts";
import { render } from "../../plan/render.ts";

const requests = { cpu: "1", memory: "1Gi" };
const sentinel = { sentinels: "rfs-x.redis.svc:26379", master: "mymaster" } as never;

describe("Traps", () => {
  it("T1, T2: Shlink gets several sentinel addresses and the master's name, never one address", () => {
    const environment = redisEnvironment(sentinel);
    const servers = (environment["REDIS_SERVERS"] ?? "").split(",");
    assert.ok(servers.length >= 2);
    for (const server of servers) assert.equal(server, "tcp://rfs-x.redis.svc:26379");
    assert.equal(environment["REDIS_SENTINEL_SERVICE"], "mymaster");
    assert.ok(!("REDIS_SERVERS_USER" in environment));
  });

  it("T3: Shlink is pinned to 4.6.0", async () => {
    const { registrations } = await render("prod");
    const text = JSON.stringify(registrations.filter(({ name }) => name.startsWith("shlink")));
    assert.match(text, /docker\.io\/shlinkio\/shlink:4\.6\.0"/);
    assert.doesNotMatch(text, /:stable"|:latest"/);
  });

  it("T4: one migration Job runs before the servers, with Redis for its lock", async () => {
    const { registrations } = await render("prod");
    const find = (type: string, name: string) =>
      registrations.find((one) => one.type === type && one.name === name);
    const deployment = find("kubernetes:apps/v1:Deployment", "shlink");
    assert.ok(deployment?.dependsOn.includes("kubernetes:batch/v1:Job::shlink-migration"));
    const shlink = find("shlink-platform:index:Shlink", "shlink");
    for (const name of ["Cache::cache", "Database::database", "Mesh::mesh"])
      assert.ok(shlink?.dependsOn.includes(`shlink-platform:index:${name}`), name);
    const job = JSON.stringify(find("kubernetes:batch/v1:Job", "shlink-migration")?.inputs);
    assert.match(job, /"SHLINK_RUNTIME","value":"init"/);
    assert.match(job, /REDIS_SERVERS/);
  });

  it("T5: the ALLOW policy lists redirects, health and the API, and asks no header that would hide the 401", () => {
    const { rules } = authorizationSpec("gateway");
    const operations = rules.map(({ to }) => to[0]?.operation);
    assert.deepEqual(operations, [
      { methods: ["GET", "HEAD"], notPaths: ["/rest", "/rest/*"] },
      { methods: ["GET", "HEAD"], paths: ["/rest/health"] },
      { paths: ["/rest/v1/*", "/rest/v2/*", "/rest/v3/*"] },
    ]);
    for (const { from } of rules) assert.deepEqual(from, [{ source: { principals: ["gateway"] } }]);
    assert.ok(!JSON.stringify(rules).includes("when"));
  });

  it("T6: Vault's Kubernetes login stores no reviewer token and no certificate", async () => {
    const { registrations } = await render("prod");
    const login = registrations.find(({ type }) => type.includes("authBackendConfig"));
    assert.deepEqual(Object.keys(login?.inputs ?? {}).sort(), ["backend", "kubernetesHost"]);
  });

  it("T7: liveness does not ask the database; readiness and start-up do", async () => {
    const { registrations } = await render("prod");
    const deployment = registrations.find(
      ({ type, name }) => type.endsWith(":Deployment") && name === "shlink",
    );
    const { template } = deployment?.inputs["spec"] as {
      template: { spec: { containers: Probes[] } };
    };
    const [container] = template.spec.containers;
    assert.deepEqual(container?.livenessProbe["tcpSocket"], { port: 8080 });
    assert.ok(!("httpGet" in (container?.livenessProbe ?? {})));
    for (const probe of [container?.readinessProbe, container?.startupProbe])
      assert.deepEqual(probe?.["httpGet"], { path: "/rest/health", port: 8080 });
    // A killed migration holds its lock for ten minutes.
    const { periodSeconds = 0, failureThreshold = 0 } = container?.startupProbe as Record<
      string,
      number
    >;
    assert.ok(periodSeconds * failureThreshold > 600);
  });

  it("T8: all PHP workers together fit into the memory limit", () => {
    for (const [memory, limit] of [
      ["512Mi", 512],
      ["1Gi", 1024],
      ["2Gi", 2048],
    ] as const) {
      const { web, task, memoryMiB } = workersFor(memory);
      assert.ok((web + task) * memoryMiB < limit, memory);
      assert.ok(web >= 1 && task >= 1);
    }
  });

  it("T9: External Secrets' resources are v1", async () => {
    const { registrations } = await render("dev");
    const used = registrations.filter(({ type }) => type.includes("external-secrets.io"));
    assert.ok(used.length >= 6);
    for (const { inputs } of used) assert.equal(inputs["apiVersion"], "external-secrets.io/v1");
  });

  it("T10: a password brings its own verifier, so that PGO sees a new password", async () => {
    const salt = "AAAAAAAAAAAAAAAAAAAAAA==";
    const verifier = scramVerifier("pencil", salt);
    assert.match(
      verifier,
      /^SCRAM-SHA-256\$4096:AAAAAAAAAAAAAAAAAAAAAA==\$[\w+/=]{44}:[\w+/=]{44}$/,
    );
    assert.equal(scramVerifier("pencil", salt), verifier);
    assert.notEqual(scramVerifier("pencils", salt), verifier);
    const { registrations } = await render("dev");
    const sync = registrations.find(({ name }) => name === "db-user-sync");
    const spec = sync?.inputs["spec"] as { target: object; data: { secretKey: string }[] };
    assert.deepEqual(
      spec.data.map(({ secretKey }) => secretKey),
      ["password", "verifier"],
    );
    assert.deepEqual(spec.target, { name: "shlink-db-pguser-shlink", creationPolicy: "Merge" });
    const target = registrations.find(({ name }) => name === "db-user");
    const { metadata } = target?.inputs as { metadata: { labels: object } };
    assert.deepEqual(metadata.labels, userSecretLabels("shlink-db", "shlink"));
  });

  it("T10: RFC 7677's example comes out as PostgreSQL stores it", () => {
    assert.equal(
      scramVerifier("pencil", "W22ZaJ0SNY7soEsUEjb6gQ=="),
      "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
    );
  });

  it("T11: Shlink believes its sidecar alone, and headers that a visitor can forge are removed", async () => {
    const { registrations } = await render("prod");
    assert.match(JSON.stringify(registrations), /"TRUSTED_PROXIES","value":"1"/);
    const route = registrations.find(({ name }) => name === "shlink-virtualservice");
    assert.match(JSON.stringify(route?.inputs), /cf-connecting-ip/);
  });

  it("T12: the bootstrap keeps no root token, and its service accounts may read one Secret only", async () => {
    const { registrations } = await render("prod");
    const roles = registrations.filter(
      ({ type, inputs }) =>
        type.endsWith(":Role") && (inputs as unknown as Placed).metadata.namespace === "vault",
    );
    const rules = roles.map(({ name, inputs }) => [name, inputs["rules"]]);
    const keys = { apiGroups: [""], resources: ["secrets"], resourceNames: ["vault-unseal-keys"] };
    assert.deepEqual(Object.fromEntries(rules), {
      "vault-bootstrap": [
        { ...keys, verbs: ["get", "patch"] },
        { apiGroups: [""], resources: ["secrets"], verbs: ["create"] },
      ],
      "vault-unsealer": [{ ...keys, verbs: ["get"] }],
    });
  });

  it("T13: libpq verifies the server's name and authority; Shlink's own switch is not relied on", async () => {
    const { registrations } = await render("dev");
    const text = JSON.stringify(registrations);
    assert.match(text, /"PGSSLMODE","value":"verify-full"/);
    assert.match(text, /"PGSSLROOTCERT","value":"\/run\/config\/postgres\/ca\.crt"/);
    assert.doesNotMatch(text, /DB_USE_ENCRYPTION/);
  });

  it("the GRANT gives CREATE and USAGE on schema public, over a verified connection to the primary's pod", async () => {
    const { registrations } = await render("dev");
    const grant = registrations.find(({ type }) => type === "postgresql:index/grant:Grant");
    assert.deepEqual(grant?.inputs["privileges"], ["CREATE", "USAGE"]);
    assert.equal(grant?.inputs["schema"], "public");
    const provider = registrations.find(({ type }) => type === "pulumi:providers:postgresql");
    assert.equal(provider?.inputs["sslmode"], "verify-ca");
    assert.equal(primarySelector("shlink-db").includes("role=master"), true);
  });
});

describe("External Secrets", () => {
  it("gets durations as it writes them itself, so that it takes no field over", () => {
    const forms = { "30s": "30s", "1m": "1m0s", "90s": "1m30s", "1h": "1h0m0s", "90m": "1h30m0s" };
    for (const [given, written] of Object.entries(forms)) assert.equal(goDuration(given), written);
  });
});

describe("Routing", () => {
  const args = {
    hosts: ["s.example.com"],
    service: { host: "h", port: 8080 },
    tls: { mode: "plaintext" },
    replicas: 3,
  } as never;

  it("retries a write only when no server can have seen it", () => {
    const { http } = virtualServiceSpec(args);
    const [apiReads, redirects, writes] = http;
    assert.ok(apiReads && "match" in apiReads && redirects && "match" in redirects);
    assert.deepEqual(writes?.retries, { attempts: 2, retryOn: "connect-failure,refused-stream" });
    assert.ok(!("match" in writes));
    const methods = ["GET", "HEAD"];
    for (const [route, prefix] of [
      [apiReads, "/rest/"],
      [redirects, "/"],
    ] as const) {
      const match = methods.map((exact) => ({ method: { exact }, uri: { prefix } }));
      assert.deepEqual(route.match, match);
      assert.ok(3 * 3 <= Number.parseInt(route.timeout, 10));
    }
  });

  it("can eject one of several servers, and never the only one", () => {
    const spec = (replicas: number) =>
      destinationSpec("h" as never, replicas).trafficPolicy as Ejection;
    assert.equal(spec(3).outlierDetection?.maxEjectionPercent, 34);
    assert.equal(spec(2).outlierDetection?.maxEjectionPercent, 50);
    assert.equal(spec(1).outlierDetection, undefined);
  });

  it("redirects HTTP and speaks TLS 1.2 or newer where a certificate is given", () => {
    const { servers } = gatewaySpec({ istio: "ingressgateway" }, ["s.example.com"], {
      mode: "secret",
      credentialName: "c",
    });
    assert.deepEqual(
      servers.map(({ port }) => port.number),
      [80, 443],
    );
    assert.deepEqual(servers[0] && "tls" in servers[0] && servers[0].tls, { httpsRedirect: true });
    assert.match(JSON.stringify(servers[1]), /TLSV1_2/);
  });
});

describe("Vault's configuration", () => {
  const args = {
    replicas: 3,
    storage: "1Gi",
    storageClass: "s",
    requests,
    raftPerformanceMultiplier: 1,
    seal: { mode: "shamir", keyShares: 3, keyThreshold: 2 },
    audit: { mode: "none" },
  };
  const secret = { ...args, tls: { mode: "secret", secretName: "t" } } as never;

  it("has a certificate on its listener and joins by name where TLS is set", () => {
    const config = vaultConfig(secret);
    assert.doesNotMatch(config, /tls_disable/);
    assert.match(config, /tls_cert_file = "\/vault\/tls\/tls\.crt"/);
    assert.equal(config.match(/retry_join/g)?.length, 3);
    assert.match(config, /leader_api_addr = "https:\/\/vault-2\.vault-internal:8200"/);
  });

  it("leaves disable_mlock to the chart, and keeps the label service that the active Service needs", () => {
    assert.doesNotMatch(vaultConfig(secret), /disable_mlock/);
    assert.match(vaultConfig(secret), /service_registration "kubernetes" \{\}/);
  });

  it("is ready while sealed, so that the bootstrap can reach it", () => {
    const values = vaultValues({ ...args, replicas: 1, tls: { mode: "plaintext" } } as never);
    assert.match(values.server.readinessProbe.path, /sealedcode=204&uninitcode=204/);
    assert.equal(values.injector.enabled, false);
  });

  it("spreads over nodes strictly and over zones where it can, and schedules on one node too", () => {
    const { server } = vaultValues(secret);
    // The chart's anti-affinity leaves the second server of a single node pending.
    assert.equal(server.affinity, "");
    assert.deepEqual(
      server.topologySpreadConstraints.map((one) => [
        one.topologyKey,
        one.maxSkew,
        one.whenUnsatisfiable,
      ]),
      [
        ["kubernetes.io/hostname", 1, "DoNotSchedule"],
        ["topology.kubernetes.io/zone", 1, "ScheduleAnyway"],
      ],
    );
    for (const { labelSelector } of server.topologySpreadConstraints)
      assert.deepEqual(labelSelector.matchLabels, {
        "app.kubernetes.io/name": "vault",
        "app.kubernetes.io/instance": "vault",
        component: "server",
      });
  });

  it("loses one server at a time to drains, and a single server's budget forbids none", () => {
    assert.deepEqual(vaultValues(secret).server.ha.disruptionBudget, {
      enabled: true,
      maxUnavailable: 1,
    });
    const single = vaultValues({ ...args, replicas: 1, tls: { mode: "plaintext" } } as never);
    assert.equal(single.server.ha.disruptionBudget.enabled, false);
    assert.ok(single.server.terminationGracePeriodSeconds > 5, "the chart's preStop sleeps 5 s");
  });

  it("logs every request to a volume of its own from the first secret on, exactly where the stack says so", async () => {
    const audited = async (stack: string) => {
      const { registrations } = await render(stack);
      const devices = registrations.filter(({ type }) => type === "vault:index/audit:Audit");
      const release = registrations.find(
        ({ type, name }) => type.endsWith(":Release") && name === "vault",
      );
      const values = release?.inputs["values"] as ReturnType<typeof vaultValues>;
      const store = registrations.find(({ type }) => type.endsWith(":Mount"));
      return { devices, volume: values.server.auditStorage, store };
    };
    const dev = await audited("dev");
    assert.deepEqual([dev.devices, dev.volume], [[], undefined]);
    const { devices, volume, store } = await audited("prod");
    assert.deepEqual(
      devices.map(({ inputs }) => inputs["options"]),
      [{ file_path: "/vault/audit/audit.log" }],
    );
    assert.equal(volume?.enabled, true);
    assert.equal(volume.size, "5Gi");
    assert.equal(volume.mountPath, "/vault/audit");
    assert.ok(store?.dependsOn.includes("vault:index/audit:Audit::file"));
  });

  it("protects the servers and keeps their volumes exactly where data is protected", async () => {
    for (const [stack, kept] of [
      ["dev", "Delete"],
      ["prod", "Retain"],
    ] as const) {
      const { registrations } = await render(stack);
      const release = registrations.find(
        ({ type, name }) => type.endsWith(":Release") && name === "vault",
      );
      assert.equal(release?.protect, kept === "Retain");
      const values = release?.inputs["values"] as ReturnType<typeof vaultValues>;
      assert.deepEqual(values.server.persistentVolumeClaimRetentionPolicy, {
        whenDeleted: kept,
        whenScaled: "Retain",
      });
    }
  });
});

describe("Redis", () => {
  const args = { replicas: 3, sentinels: 3, requests, memory: "512Mi" } as never;

  it("bounds its memory, leaves room, and evicts what is used least, not the only keys that expire: locks", () => {
    assert.equal(maxMemoryMiB("1Gi"), 768);
    const { redis, auth } = failoverSpec(args);
    assert.deepEqual(redis.customConfig, ["maxmemory 384mb", "maxmemory-policy allkeys-lru"]);
    assert.deepEqual(auth, { secretPath: "shlink-redis-auth" });
  });

  it("is ready when the replicas are attached, not when the pods are; and the password is in no argument", () => {
    const script = readinessScript(3);
    assert.match(script, /-ge 2 \]/);
    assert.doesNotMatch(script, / -a | --pass/);
  });
});

type Probes = Record<"livenessProbe" | "readinessProbe" | "startupProbe", Record<string, unknown>>;
interface Ejection {
  outlierDetection?: { maxEjectionPercent: number };
}

interface Placed {
  metadata: { namespace: string };
}
