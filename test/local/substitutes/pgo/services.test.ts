import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { leaderService, primaryService } from "../../../../local/substitutes/pgo/services.ts";
import { clusterOf } from "./instance.ts";

const set = { name: "pg", replicas: 1, dataVolumeClaimSpec: {} };

const cluster = clusterOf({ postgresVersion: 15, instances: [set] });

describe("pgo Services", () => {
  it("give the primary no selector and the leader Service's address", () => {
    const [service, endpoints] = primaryService(cluster, "10.96.0.7");
    assert.equal(service.spec.clusterIP, "None");
    assert.ok(!("selector" in service.spec));
    assert.equal(endpoints.subsets?.[0]?.addresses?.[0]?.ip, "10.96.0.7");
    assert.equal(endpoints.metadata.name, "shlink-db-primary");
  });

  it("give the leader Service no selector either", () => {
    assert.ok(!("selector" in leaderService(cluster).spec));
  });
});
