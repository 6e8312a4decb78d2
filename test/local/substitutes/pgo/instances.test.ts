import { describe, it } from "mocha";
import assert from "node:assert/strict";
import {
  disruptionBudget,
  instanceStatefulSet,
  missingImages,
} from "../../../../local/substitutes/pgo/instance.ts";
import { shouldRun, surplus } from "../../../../local/substitutes/pgo/instances.ts";
import { instanceStatuses, observeInstances } from "../../../../local/substitutes/pgo/observe.ts";
import type { ClusterSpec, Pod } from "../../../../local/substitutes/pgo/types.ts";
import { clusterOf, instance } from "./instance.ts";

const set = { name: "pg", replicas: 1, dataVolumeClaimSpec: {} };

const spec: ClusterSpec = { postgresVersion: 15, instances: [set] };

const cluster = clusterOf(spec);

const env = { RELATED_IMAGE_POSTGRES_15: "postgres:15", RELATED_IMAGE_PGBACKREST: "backup" };

describe("pgo instances", () => {
  const plan = { set, name: "shlink-db-pg-abcd", claim: "shlink-db-pg-abcd-pgdata", running: true };
  const text = JSON.stringify(instanceStatefulSet(cluster, plan, env));

  it("spreads servers apart from each other and from the backups' pods", () => {
    const labels = "postgres-operator.crunchydata.com/";
    const selector = {
      matchLabels: { [`${labels}cluster`]: cluster.metadata.name },
      matchExpressions: [
        { key: `${labels}data`, operator: "In", values: ["postgres", "pgbackrest"] },
      ],
    };
    assert.equal(text.split(JSON.stringify(selector)).length, 3);
  });

  it("run restricted: no root, no capability, read-only root, default seccomp", () => {
    for (const part of [
      '"runAsNonRoot":true',
      '"readOnlyRootFilesystem":true',
      '"drop":["ALL"]',
      '"seccompProfile":{"type":"RuntimeDefault"}',
      '"allowPrivilegeEscalation":false',
      '"fsGroup":26',
    ]) {
      assert.ok(text.includes(part), part);
    }
  });

  it("carry no password in their environment", () => {
    assert.ok(!/PASSWORD/.test(text));
  });

  it("take the image from the operator's environment unless the cluster names one", () => {
    assert.ok(text.includes('"image":"postgres:15"'));
    const own = { ...cluster, spec: { ...spec, image: "mine" } };
    assert.ok(JSON.stringify(instanceStatefulSet(own, plan, env)).includes('"image":"mine"'));
    assert.deepEqual(missingImages(cluster, {}), ["crunchy-pgbackrest", "crunchy-postgres"]);
    assert.deepEqual(missingImages(cluster, env), []);
  });

  it("have a disruption budget only when there is more than one", () => {
    assert.equal(disruptionBudget(cluster, set), null);
    const budget = disruptionBudget(cluster, { ...set, replicas: 3 });
    assert.equal(budget?.metadata.name, "shlink-db-set-pg");
  });

  it("are counted per set in the status, without zeros, as Go leaves them out", () => {
    const seen = observeInstances(
      [],
      [instance("a").pod as Pod, instance("b", "replica", false).pod as Pod],
    );
    assert.deepEqual(instanceStatuses(cluster, seen), [
      { name: "pg", replicas: 2, readyReplicas: 1 },
    ]);
    assert.deepEqual(instanceStatuses(cluster, []), [{ name: "pg" }]);
  });

  it("stop the primary last and start it first", () => {
    const stopping = { ...cluster, spec: { ...spec, shutdown: true } };
    assert.equal(shouldRun(cluster, undefined, "a", 2), true);
    assert.equal(shouldRun(stopping, "a", "b", 2), false);
    assert.equal(shouldRun(stopping, "a", "a", 2), true);
    assert.equal(shouldRun(stopping, "a", "a", 1), false);
    assert.equal(shouldRun(cluster, "a", "a", 0), true);
    assert.equal(shouldRun(cluster, "a", "b", 1), false);
  });

  it("are scaled down without ever touching the primary", () => {
    const all = [instance("a", "replica"), instance("b", "master"), instance("c", "replica")];
    assert.deepEqual(
      surplus(cluster, all).map(({ name }) => name),
      ["a", "c"],
    );
  });
});
