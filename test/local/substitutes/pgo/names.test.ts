import { describe, it } from "mocha";
import assert from "node:assert/strict";
import {
  clusterDomain,
  clusterNames,
  randomSuffix,
  revision,
} from "../../../../local/substitutes/pgo/names.ts";
import { instanceNames } from "../../../../local/substitutes/pgo/instances.ts";

describe("pgo naming", () => {
  it("follows PGO for Services and Secrets", () => {
    const names = clusterNames("shlink-db");
    assert.equal(names.primary, "shlink-db-primary");
    assert.equal(names.leader, "shlink-db-ha");
    assert.equal(names.certificate, "shlink-db-cluster-cert");
    assert.equal(names.userSecret("shlink"), "shlink-db-pguser-shlink");
  });

  it("ends instances in four letters or digits that spell no word", () => {
    for (let i = 0; i < 50; i++) assert.match(randomSuffix(), /^[bcdfghjklmnpqrstvwxz2456789]{4}$/);
  });

  it("reuses existing instances, then orphaned volumes, before inventing names", () => {
    const set = { name: "pg", replicas: 3, dataVolumeClaimSpec: {} };
    const names = instanceNames("shlink-db", set, ["shlink-db-pg-aaaa"], ["shlink-db-pg-bbbb"]);
    assert.deepEqual(names.slice(0, 2), ["shlink-db-pg-aaaa", "shlink-db-pg-bbbb"]);
    assert.match(names[2] ?? "", /^shlink-db-pg-[a-z0-9]{4}$/);
    assert.equal(names.length, 3);
  });

  it("keeps more instances than asked for until they are scaled down on purpose", () => {
    const set = { name: "pg", replicas: 1, dataVolumeClaimSpec: {} };
    assert.deepEqual(instanceNames("c", set, ["c-pg-aaaa", "c-pg-bbbb"], []), [
      "c-pg-aaaa",
      "c-pg-bbbb",
    ]);
  });

  it("gives revisions that are short, stable and different for different content", () => {
    assert.equal(revision("a"), revision("a"));
    assert.notEqual(revision("a"), revision("b"));
    assert.match(revision("a"), /^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
  });

  it("keeps Go's trailing dot on the cluster's domain", () => {
    assert.equal(
      clusterDomain("search ns.svc.example.org svc.example.org example.org\n"),
      "example.org.",
    );
    assert.equal(clusterDomain("nameserver 10.0.0.1\n"), "cluster.local.");
  });
});
