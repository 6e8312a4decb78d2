import { beforeEach, describe, it } from "mocha";
import assert from "node:assert/strict";
import { label } from "../../../../../local/substitutes/pgo/names.ts";
import type { Secret } from "../../../../../local/substitutes/pgo/types.ts";
import { FakeCluster, spec } from "../fake-cluster.ts";

const b64 = (text: string) => Buffer.from(text).toString("base64");

describe("pgo Secrets", () => {
  let fake: FakeCluster;

  beforeEach(() => void (fake = new FakeCluster()));

  it("adopts a labelled Secret that is there first, with its password and verifier", async () => {
    fake.create();
    fake.kube.put({
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
    });
    await fake.bootstrap();
    const secret = fake.kube.find<Secret>("Secret", "shlink-db-pguser-shlink");
    assert.equal(secret.data?.password, b64("from-vault"));
    assert.equal(secret.data?.verifier, b64("SCRAM-SHA-256$4096:a$b:c"));
    assert.equal(secret.data?.dbname, b64("shlink"));
    assert.equal(secret.metadata.ownerReferences?.[0]?.uid, "cluster-uid");
    const sql = fake.executed.map(({ input }) => input).join("");
    assert.ok(sql.includes(`PASSWORD 'SCRAM-SHA-256$4096:a$b:c'`));
  });

  it("overwrites a Secret that has the right name but not the labels", async () => {
    fake.create();
    fake.kube.put({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "shlink-db-pguser-shlink", namespace: "postgres" },
      data: { password: b64("lost") },
    });
    await fake.pass();
    const secret = fake.kube.find<Secret>("Secret", "shlink-db-pguser-shlink");
    assert.notEqual(secret.data?.password, b64("lost"));
  });

  it("fails the whole pass when somebody else controls the user's Secret", async () => {
    fake.create();
    fake.kube.put({
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        name: "shlink-db-pguser-shlink",
        namespace: "postgres",
        ownerReferences: [
          { apiVersion: "v1", kind: "ExternalSecret", name: "x", uid: "other", controller: true },
        ],
      },
    });
    await assert.rejects(fake.pass(), /Only one reference can have Controller set to true/);
    assert.equal(fake.status.observedGeneration, 3);
    assert.equal(fake.status.usersRevision, undefined);
  });

  it("alters the role when the verifier changes, and not when only the password does", async () => {
    fake.create();
    await fake.bootstrap();
    const secret = () => fake.kube.find<Secret>("Secret", "shlink-db-pguser-shlink");
    const before = fake.status.usersRevision;
    fake.kube.put({ ...secret(), data: { ...secret().data, password: b64("changed") } });
    await fake.pass();
    assert.equal(fake.status.usersRevision, before);
    fake.kube.put({ ...secret(), data: { ...secret().data, verifier: "" } });
    await fake.pass();
    assert.notEqual(fake.status.usersRevision, before);
  });

  it("deletes the Secret of a user that is gone, but no foreign one", async () => {
    fake.create();
    await fake.bootstrap();
    fake.kube.put({
      ...fake.object,
      spec: { ...spec, users: [{ name: "postgres" }] },
    });
    const labels = { [label.cluster]: "shlink-db", [label.role]: "pguser", [label.pguser]: "x" };
    const foreign = { name: "foreign", namespace: "postgres", labels };
    fake.kube.put({ apiVersion: "v1", kind: "Secret", metadata: foreign });
    await fake.pass();
    assert.ok(!fake.kube.names("Secret").includes("shlink-db-pguser-shlink"));
    assert.ok(fake.kube.names("Secret").includes("foreign"));
  });

  it("keeps the certificates from pass to pass", async () => {
    fake.create();
    await fake.pass();
    const before = fake.kube.find<Secret>("Secret", "shlink-db-cluster-cert").data;
    await fake.pass();
    assert.deepEqual(fake.kube.find<Secret>("Secret", "shlink-db-cluster-cert").data, before);
  });
});
