import { beforeEach, describe, it } from "mocha";
import assert from "node:assert/strict";
import { finalizer, label } from "../../../../local/substitutes/pgo/names.ts";
import { Patroni } from "../../../../local/substitutes/pgo/patroni.ts";
import { reconcile } from "../../../../local/substitutes/pgo/reconcile.ts";
import type {
  ClusterSpec,
  Endpoints,
  KubeObject,
  Pod,
  PostgresCluster,
  Secret,
} from "../../../../local/substitutes/pgo/types.ts";
import { FakeKube } from "./fake-kube.ts";

const b64 = (text: string) => Buffer.from(text).toString("base64");
const spec: ClusterSpec = {
  postgresVersion: 15,
  port: 5432,
  instances: [{ name: "pg", replicas: 1, dataVolumeClaimSpec: {} }],
  users: [{ name: "shlink", databases: ["shlink"] }, { name: "postgres" }],
};

describe("pgo reconciliation", () => {
  let kube: FakeKube;
  let patroni: Patroni;
  let executed: { command: string; input: string }[];
  let env: NodeJS.ProcessEnv;

  const cluster = () => kube.find<PostgresCluster>("PostgresCluster", "shlink-db");
  const status = () => cluster().status ?? {};
  const pass = () =>
    reconcile(
      {
        kube: kube.asApi(),
        patroni,
        env,
        domain: "cluster.local.",
        log: () => undefined,
        exec: (_pod, command, input = "") => {
          executed.push({ command: command.join(" "), input });
          return Promise.resolve(command.join(" ").includes("system_identifier") ? "7123\n" : "");
        },
      },
      cluster(),
    );

  function create(changes: Partial<ClusterSpec> = {}): void {
    kube.put({
      apiVersion: "postgres-operator.crunchydata.com/v1beta1",
      kind: "PostgresCluster",
      metadata: { name: "shlink-db", namespace: "postgres", uid: "cluster-uid", generation: 3 },
      spec: { ...spec, ...changes },
    } as PostgresCluster);
  }

  /** What the StatefulSet controller and the kubelet would do. */
  function runPods(ready: boolean): void {
    for (const name of kube.names("StatefulSet")) {
      const { spec: runner } = kube.find<
        KubeObject & { spec: { template: { metadata: { labels: Record<string, string> } } } }
      >("StatefulSet", name);
      const existing = kube.objects.get(`Pod postgres/${name}-0`)?.metadata;
      kube.put({
        apiVersion: "v1",
        kind: "Pod",
        metadata: {
          ...existing,
          name: `${name}-0`,
          namespace: "postgres",
          labels: { ...runner.template.metadata.labels, ...existing?.labels },
        },
        status: {
          podIP: "10.244.0.5",
          conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
          containerStatuses: [{ name: "database", state: { running: {} } }],
        },
      } as Pod);
    }
  }

  async function bootstrap(): Promise<void> {
    await pass();
    runPods(false);
    await pass();
    runPods(true);
    await pass();
  }

  beforeEach(() => {
    kube = new FakeKube();
    patroni = new Patroni();
    executed = [];
    env = { RELATED_IMAGE_POSTGRES_15: "postgres:15", RELATED_IMAGE_PGBACKREST: "backup" };
  });

  it("makes everything PGO makes, under PGO's names", async () => {
    create();
    await pass();
    const [instance = ""] = kube.names("StatefulSet");
    assert.match(instance, /^shlink-db-pg-[a-z0-9]{4}$/);
    assert.deepEqual(kube.names("PersistentVolumeClaim"), [`${instance}-pgdata`]);
    assert.deepEqual(kube.names("Service"), [
      "shlink-db-ha",
      "shlink-db-ha-config",
      "shlink-db-pods",
      "shlink-db-primary",
      "shlink-db-replicas",
    ]);
    assert.deepEqual(kube.names("Secret"), [
      "pgo-root-cacert",
      "shlink-db-cluster-cert",
      "shlink-db-pguser-postgres",
      "shlink-db-pguser-shlink",
      "shlink-db-replication-cert",
    ]);
    const endpoints = kube.find<Endpoints>("Endpoints", "shlink-db-primary");
    assert.equal(endpoints.subsets?.[0]?.addresses?.[0]?.ip, "10.96.0.7");
    assert.ok(cluster().metadata.finalizers?.includes(finalizer));
  });

  it("tells a fresh pod to be the primary, once, and writes no SQL before it is ready", async () => {
    create();
    await pass();
    runPods(false);
    await pass();
    await pass();
    assert.deepEqual(
      executed.map(({ command }) => command),
      ["sh -c echo primary >/tmp/role.new && mv /tmp/role.new /tmp/role"],
    );
    assert.equal(status().usersRevision, undefined);
    assert.equal(status().databaseRevision, undefined);
  });

  it("publishes the leader, writes databases before users, and records both revisions", async () => {
    create();
    await bootstrap();
    const [pod = ""] = kube.names("Pod");
    assert.equal(kube.find<Pod>("Pod", pod).metadata.labels?.[label.role], "master");
    const leader = kube.find<Endpoints>("Endpoints", "shlink-db-ha");
    assert.equal(leader.metadata.annotations?.leader, pod);
    assert.equal(leader.subsets?.[0]?.addresses?.[0]?.ip, "10.244.0.5");
    const sql = executed.filter(({ command }) => command.startsWith("psql -Xw --file=-"));
    assert.equal(sql.length, 2);
    assert.match(sql[0]?.input ?? "", /CREATE DATABASE "shlink"/);
    assert.match(sql[1]?.input ?? "", /ALTER ROLE "shlink"/);
    assert.ok(status().usersRevision && status().databaseRevision);
    assert.equal(status().patroni?.systemIdentifier, "7123");
  });

  it("has no Ready condition and counts the instances instead", async () => {
    create();
    await bootstrap();
    await pass();
    assert.equal(status().conditions, undefined);
    assert.equal(status().instances?.[0]?.readyReplicas, 1);
    assert.equal(status().observedGeneration, 3);
  });

  it("writes nothing to PostgreSQL again while nothing changes", async () => {
    create();
    await bootstrap();
    executed = [];
    await pass();
    await pass();
    assert.deepEqual(executed, []);
  });

  it("adopts a labelled Secret that is there first, with its password and verifier", async () => {
    create();
    kube.put({
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        name: "shlink-db-pguser-shlink",
        namespace: "postgres",
        labels: {
          [label.cluster]: "shlink-db",
          [label.role]: "pguser",
          [label.pguser]: "shlink",
        },
      },
      data: { password: b64("from-vault"), verifier: b64("SCRAM-SHA-256$4096:a$b:c") },
    } as Secret);
    await bootstrap();
    const secret = kube.find<Secret>("Secret", "shlink-db-pguser-shlink");
    assert.equal(secret.data?.password, b64("from-vault"));
    assert.equal(secret.data?.verifier, b64("SCRAM-SHA-256$4096:a$b:c"));
    assert.equal(secret.data?.dbname, b64("shlink"));
    assert.equal(secret.metadata.ownerReferences?.[0]?.uid, "cluster-uid");
    const sql = executed.map(({ input }) => input).join("");
    assert.ok(sql.includes(`PASSWORD 'SCRAM-SHA-256$4096:a$b:c'`));
  });

  it("overwrites a Secret that has the right name but not the labels", async () => {
    create();
    kube.put({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "shlink-db-pguser-shlink", namespace: "postgres" },
      data: { password: b64("lost") },
    } as Secret);
    await pass();
    const secret = kube.find<Secret>("Secret", "shlink-db-pguser-shlink");
    assert.notEqual(secret.data?.password, b64("lost"));
  });

  it("fails the whole pass when somebody else controls the user's Secret", async () => {
    create();
    kube.put({
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        name: "shlink-db-pguser-shlink",
        namespace: "postgres",
        ownerReferences: [
          { apiVersion: "v1", kind: "ExternalSecret", name: "x", uid: "other", controller: true },
        ],
      },
    } as Secret);
    await assert.rejects(pass(), /Only one reference can have Controller set to true/);
    assert.equal(status().observedGeneration, 3);
    assert.equal(status().usersRevision, undefined);
  });

  it("alters the role when the verifier changes, and not when only the password does", async () => {
    create();
    await bootstrap();
    const secret = () => kube.find<Secret>("Secret", "shlink-db-pguser-shlink");
    const before = status().usersRevision;
    kube.put({ ...secret(), data: { ...secret().data, password: b64("changed") } } as Secret);
    await pass();
    assert.equal(status().usersRevision, before);
    kube.put({ ...secret(), data: { ...secret().data, verifier: "" } } as Secret);
    await pass();
    assert.notEqual(status().usersRevision, before);
  });

  it("deletes the Secret of a user that is gone, but no foreign one", async () => {
    create();
    await bootstrap();
    kube.put({ ...cluster(), spec: { ...spec, users: [{ name: "postgres" }] } } as PostgresCluster);
    const labels = { [label.cluster]: "shlink-db", [label.role]: "pguser", [label.pguser]: "x" };
    const foreign = { name: "foreign", namespace: "postgres", labels };
    kube.put({ apiVersion: "v1", kind: "Secret", metadata: foreign });
    await pass();
    assert.ok(!kube.names("Secret").includes("shlink-db-pguser-shlink"));
    assert.ok(kube.names("Secret").includes("foreign"));
  });

  it("keeps the certificates from pass to pass", async () => {
    create();
    await pass();
    const before = kube.find<Secret>("Secret", "shlink-db-cluster-cert").data;
    await pass();
    assert.deepEqual(kube.find<Secret>("Secret", "shlink-db-cluster-cert").data, before);
  });

  it("refuses to work without an image and says so in an event", async () => {
    create();
    env = {};
    await assert.rejects(pass(), /missing image\(s\): \[crunchy-pgbackrest crunchy-postgres\]/);
    assert.equal(kube.names("Event").length, 1);
    assert.deepEqual(kube.names("StatefulSet"), []);
  });

  it("does nothing but say so while paused", async () => {
    create({ paused: true });
    await pass();
    assert.equal(status().conditions?.[0]?.reason, "Paused");
    assert.deepEqual(kube.names("StatefulSet"), []);
  });

  it("makes a second instance wait for the first, then a replica, then watched by role", async () => {
    create({ instances: [{ name: "pg", replicas: 2, dataVolumeClaimSpec: {} }] });
    await pass();
    runPods(false);
    await pass();
    assert.equal(executed.filter(({ command }) => command.includes("echo")).length, 1);
    const [first = "", second = ""] = kube.names("Pod");
    kube.put({
      ...kube.find<Pod>("Pod", first),
      status: {
        ...kube.find<Pod>("Pod", first).status,
        conditions: [{ type: "Ready", status: "True" }],
      },
    } as Pod);
    await pass();
    assert.ok(executed.some(({ command }) => command.includes("echo replica")));
    runPods(true);
    await pass();
    assert.equal(kube.find<Pod>("Pod", first).metadata.labels?.[label.role], "master");
    assert.equal(kube.find<Pod>("Pod", second).metadata.labels?.[label.role], "replica");
    assert.deepEqual(kube.names("PodDisruptionBudget"), ["shlink-db-set-pg"]);
  });

  it("stops the instance and lets go of the cluster when it is deleted", async () => {
    create();
    await bootstrap();
    const { metadata } = cluster();
    kube.put({
      ...cluster(),
      metadata: { ...metadata, deletionTimestamp: "2026-01-01T00:00:00Z" },
    });
    await pass();
    const [runner = ""] = kube.names("StatefulSet");
    const { spec: stopped } = kube.find<KubeObject & { spec: { replicas: number } }>(
      "StatefulSet",
      runner,
    );
    assert.equal(stopped.replicas, 0);
    assert.ok(cluster().metadata.finalizers?.includes(finalizer));
    kube.objects.delete(`Pod postgres/${runner}-0`);
    await pass();
    assert.deepEqual(cluster().metadata.finalizers, []);
    assert.deepEqual(kube.names("Endpoints"), ["shlink-db-primary"]);
  });
});
