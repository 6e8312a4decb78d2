import { describe, it } from "mocha";
import assert from "node:assert/strict";
import {
  clusterSettings,
  dynamicSettings,
  environment,
  instanceSettings,
  probes,
} from "../../../../local/substitutes/pgo/patroni.ts";
import type { ClusterStatus, PostgresCluster } from "../../../../local/substitutes/pgo/types.ts";
import { spec } from "./fake-cluster.ts";
import { clusterOf } from "./instance.ts";

const cluster = (status?: ClusterStatus): PostgresCluster => ({
  ...clusterOf(spec),
  ...(status === undefined ? {} : { status }),
});

const bootstrapOf = (status: ClusterStatus) =>
  (instanceSettings(cluster(status)) as { bootstrap?: { method: string } }).bootstrap?.method;

describe("pgo settings of Patroni", () => {
  it("keep who leads at the API server, under PGO's labels", () => {
    const { scope, kubernetes } = clusterSettings(cluster()) as unknown as {
      scope: string;
      kubernetes: Record<string, unknown>;
    };
    assert.equal(scope, "shlink-db-ha");
    assert.equal(kubernetes.role_label, "postgres-operator.crunchydata.com/role");
    assert.equal(kubernetes.use_endpoints, true);
  });

  it("make a database once, take what a restore left, and nothing once there is one", () => {
    assert.equal(bootstrapOf({}), "initdb");
    assert.equal(bootstrapOf({ pgbackrest: { restore: { id: "first" } } }), "existing");
    assert.equal(bootstrapOf({ patroni: { systemIdentifier: "7123" } }), undefined);
    assert.ok(
      !("bootstrap" in clusterSettings(cluster({ patroni: { systemIdentifier: "7123" } }))),
    );
  });

  it("keep what the cluster asks for, but for what PGO decides", () => {
    const dynamicConfiguration = {
      synchronous_mode: true,
      postgresql: { parameters: { ssl: "off" } },
    };
    const patroni = { leaderLeaseDurationSeconds: 20, dynamicConfiguration };
    const settings = dynamicSettings({ ...cluster(), spec: { ...spec, patroni } });
    const { synchronous_mode, ttl, loop_wait, postgresql } = settings as Record<string, unknown>;
    assert.deepEqual([synchronous_mode, ttl, loop_wait], [true, 20, 10]);
    assert.equal((postgresql as { parameters: { ssl: string } }).parameters.ssl, "on");
  });

  it("name the pod before they use its name", () => {
    const names = environment(cluster()).map(({ name }) => name);
    assert.equal(names[0], "PATRONI_NAME");
    assert.ok(names.includes("PATRONI_POSTGRESQL_CONNECT_ADDRESS"));
  });

  it("ask Patroni over TLS whether a server is ready, as often as it looks itself", () => {
    const { readinessProbe } = probes(spec);
    assert.deepEqual(readinessProbe.httpGet, { path: "/readiness", port: 8008, scheme: "HTTPS" });
    assert.deepEqual([readinessProbe.periodSeconds, readinessProbe.failureThreshold], [10, 3]);
  });
});
