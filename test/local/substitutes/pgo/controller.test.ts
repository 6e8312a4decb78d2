import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { label } from "../../../../local/substitutes/pgo/names.ts";
import { clusterKey } from "../../../../local/substitutes/pgo/controller.ts";

describe("pgo watches", () => {
  const object = (kind: string, metadata: object) => ({
    apiVersion: "v1",
    kind,
    metadata: { name: "x", namespace: "postgres", ...metadata },
  });
  const owner = { apiVersion: "v1", kind: "PostgresCluster", name: "shlink-db", uid: "1" };

  it("react to a Secret that a cluster controls", () => {
    const secret = object("Secret", { ownerReferences: [{ ...owner, controller: true }] });
    assert.equal(clusterKey(secret), "postgres/shlink-db");
  });

  it("do not see a labelled Secret that no cluster controls yet", () => {
    assert.equal(clusterKey(object("Secret", { labels: { [label.cluster]: "shlink-db" } })), null);
    assert.equal(clusterKey(object("Secret", { ownerReferences: [owner] })), null);
  });

  it("find pods by label, because StatefulSets control those", () => {
    assert.equal(
      clusterKey(object("Pod", { labels: { [label.cluster]: "shlink-db" } })),
      "postgres/shlink-db",
    );
  });
});
