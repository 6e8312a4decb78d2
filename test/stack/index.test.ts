import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { stackSettings } from "../../plan/render.ts";
import { database, redis } from "../support/outside.ts";
import { parseSettings, type Settings } from "../../settings/index.ts";
import { type Stack, stackOf } from "../../stack/index.ts";

const dev = () => parseSettings("Pulumi.dev.yaml", stackSettings("dev"));
const prod = () => parseSettings("Pulumi.prod.yaml", stackSettings("prod"));

/** The stack of prod's settings after one of their sections was changed. */
const changed = <Key extends keyof Settings>(key: Key, values: Partial<Settings[Key]>) => {
  const settings = prod();
  return stackOf({ ...settings, [key]: Object.assign(settings[key] as object, values) });
};
const flowNames = (stack: Stack) => stack.network.flows.map(({ why }) => why);

describe("What a stack consists of", () => {
  it("is in the cluster that the settings name, with the node agent's namespace only where there is an agent", () => {
    const { demands } = stackOf(prod());
    assert.equal(demands.context, prod().cluster.context);
    assert.ok(demands.namespaces.includes("istio-cni"));
    const without = changed("mesh", { cni: false }).demands.namespaces;
    assert.deepEqual(
      demands.namespaces.filter((name) => !without.includes(name)),
      ["istio-cni"],
    );
  });

  it("is charts that a mirror folder has to hold, and no file without one", () => {
    const files = stackOf(dev()).demands.chartFiles;
    assert.ok(files.some((file) => /\/vault-[\d.]+\.tgz$/.test(file)));
    assert.deepEqual(stackOf(prod()).demands.chartFiles, []);
  });

  it("is on a cluster that serves what the settings choose, and has their StorageClasses", () => {
    const served = (stack: Stack) =>
      stack.demands.apis.map((api) => `${api.resource} ${api.version}`);
    const { cluster } = prod();
    const admission = "admissionregistration.k8s.io";
    const mutating = changed("cluster", { ...cluster, mutatingAdmission: "v1" });
    assert.ok(served(mutating).includes(`mutatingadmissionpolicies ${admission}/v1`));
    const none = served(changed("cluster", { ...cluster, mutatingAdmission: "none" }));
    assert.ok(!none.some((api) => api.startsWith("mutatingadmissionpolicies")));
    assert.ok(none.includes(`validatingadmissionpolicies ${admission}/v1`));
    assert.ok(none.includes("podmonitors monitoring.coreos.com/v1"));
    const quiet = changed("observability", { mode: "none" });
    assert.ok(!served(quiet).includes("podmonitors monitoring.coreos.com/v1"));
    const issuer = { kind: "ClusterIssuer", name: "public" } as const;
    const tls = { mode: "certManager", issuer } as Settings["routing"]["tls"];
    const certified = changed("routing", { ...prod().routing, tls });
    assert.ok(served(certified).includes("certificates cert-manager.io/v1"));
    const autoscaling = { mode: "cpu", maximum: 9, utilization: 70 } as const;
    const scaled = changed("shlink", { ...prod().shlink, autoscaling });
    assert.ok(served(scaled).includes("pods metrics.k8s.io/v1beta1"));
    assert.ok(stackOf(prod()).demands.storageClasses.includes(cluster.storageClass));
  });

  it("keeps its passwords in a Vault of its own, in a store of somebody else's, or in none", () => {
    const secrets = (vault: object) =>
      stackOf(parseSettings("f", { ...stackSettings("prod"), vault })).demands.held.secrets;
    const login = { mode: "tokenFile", file: "token" };
    const theirs = {
      mode: "existing",
      address: "https://vault.example.com",
      prefix: "links",
      login,
    };
    const copies = "shlink/shlink-secrets";
    assert.deepEqual(stackOf(prod()).demands.held.secrets, { mode: "install", copies });
    assert.deepEqual(secrets(theirs), { mode: "existing", store: "links", copies });
    assert.deepEqual(secrets({ mode: "none" }), { mode: "none", copies });
  });

  it("is without what only servers of its own need, where others have the data", () => {
    const { demands, observability, routing } = stackOf(
      parseSettings("f", { ...stackSettings("prod"), database, redis }),
    );
    assert.ok(!demands.apis.some(({ resource }) => resource === "mutatingadmissionpolicies"));
    assert.ok(!demands.releases.some((name) => ["pgo", "redis-operator"].includes(name)));
    assert.deepEqual(demands.needless, ["postgresOperator", "redisOperator"]);
    assert.deepEqual(demands.held.postgres.version, undefined);
    assert.ok(!demands.held.volumes.some(({ setting }) => setting.startsWith("database")));
    assert.deepEqual(observability?.others, [
      "postgres-operator",
      "redis-operator",
      "redis",
      "postgres",
    ]);
    assert.deepEqual(routing.calls, ["monitoring"]);
  });

  it("is snapshots of Vault on their own class of volumes, on the cluster's, or none", () => {
    const snapshots = { mode: "volume", schedule: "0 3 * * *", keep: 3, storage: "1Gi" } as const;
    const { vault, cluster } = prod();
    assert.ok(vault.mode === "install");
    const own = changed("vault", { ...vault, snapshots: { ...snapshots, storageClass: "copies" } });
    assert.equal(own.vault.snapshots?.storageClass, "copies");
    const shared = changed("vault", { ...vault, snapshots });
    assert.equal(shared.vault.snapshots?.storageClass, cluster.storageClass);
    const none = changed("vault", { ...vault, snapshots: { mode: "none" } });
    assert.equal(none.vault.snapshots, undefined);
    assert.ok(flowNames(own).includes("snapshots"));
    assert.ok(!flowNames(none).includes("snapshots"));
  });

  it("is links with https exactly where the gateway has a certificate, and their first host the default", () => {
    const { routing } = prod();
    const stack = changed("routing", { hosts: ["s.example.com", "t.example.com"] });
    assert.equal(stack.shlink.https, routing.tls.mode !== "plaintext");
    assert.equal(stack.shlink.defaultDomain, "s.example.com");
    assert.equal(stack.outputs.url, "https://s.example.com");
    const plain = changed("routing", { ...routing, tls: { mode: "plaintext" } });
    assert.equal(plain.shlink.https, false);
    assert.match(plain.outputs.url, /^http:/);
  });

  it("is metrics, traces and addons only where the settings ask for observability", () => {
    const silent = changed("observability", { mode: "none" });
    assert.equal(silent.vault.own?.metrics, false);
    assert.equal(silent.mesh.own?.tracing, undefined);
    assert.equal(silent.addons, undefined);
    assert.deepEqual(silent.outputs.addons, {});
    assert.deepEqual(silent.routing.calls, ["postgres", "redis"]);
    assert.ok(!flowNames(silent).some((why) => /traces|metrics/.test(why)));
  });

  it("sends traces to the collector's namespace, which the workload's sidecar then knows", () => {
    const { mesh, routing } = stackOf(prod());
    assert.ok(mesh.own?.tracing !== undefined);
    assert.ok(routing.calls.includes(mesh.own.tracing.namespace));
    assert.ok(flowNames(stackOf(prod())).includes("traces"));
  });

  it("protects what holds data, and nothing else, as one setting says", () => {
    for (const protectData of [true, false]) {
      const stack = stackOf({ ...prod(), protectData });
      for (const part of [stack.vault.own, stack.database])
        assert.equal(part?.protect, protectData);
    }
  });

  it("leaves the settings as they are", () => {
    const settings = prod();
    stackOf(settings);
    assert.deepEqual(settings, prod());
  });
});
