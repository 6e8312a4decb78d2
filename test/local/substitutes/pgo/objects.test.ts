import { describe, it } from "mocha";
import assert from "node:assert/strict";
import {
  disruptionBudget,
  instanceStatefulSet,
  missingImages,
} from "../../../../local/substitutes/pgo/instance.ts";
import { shouldRun, surplus } from "../../../../local/substitutes/pgo/instances.ts";
import {
  instanceStatuses,
  observeInstances,
  type Instance,
} from "../../../../local/substitutes/pgo/observe.ts";
import { elect } from "../../../../local/substitutes/pgo/patroni.ts";
import { leaderService, primaryService } from "../../../../local/substitutes/pgo/services.ts";
import { hbaLines, parameterLines } from "../../../../local/substitutes/pgo/settings.ts";
import {
  databasesSql,
  safeRoleOptions,
  sqlRevision,
  usersSql,
} from "../../../../local/substitutes/pgo/sql.ts";
import { label } from "../../../../local/substitutes/pgo/names.ts";
import type { ClusterSpec, Pod, PostgresCluster } from "../../../../local/substitutes/pgo/types.ts";

const set = { name: "pg", replicas: 1, dataVolumeClaimSpec: {} };
const spec: ClusterSpec = { postgresVersion: 15, instances: [set] };
const cluster: PostgresCluster = {
  apiVersion: "postgres-operator.crunchydata.com/v1beta1",
  kind: "PostgresCluster",
  metadata: { name: "shlink-db", namespace: "postgres", uid: "uid-1" },
  spec,
};
const env = { RELATED_IMAGE_POSTGRES_15: "postgres:15", RELATED_IMAGE_PGBACKREST: "backup" };

function instance(name: string, role?: string, ready = true): Instance {
  const labels: Record<string, string> = { [label.instance]: name, [label.instanceSet]: "pg" };
  if (role !== undefined) labels[label.role] = role;
  const pod: Pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `${name}-0`, namespace: "postgres", labels },
    status: { conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
  };
  return { name, set: "pg", pod };
}

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

describe("pgo pg_hba.conf", () => {
  it("lets the network in over TLS with a password only", () => {
    const lines = hbaLines(spec);
    assert.equal(lines[0], 'local all "postgres" "peer"');
    assert.equal(lines.at(-1), "hostssl all all all scram-sha-256");
    assert.ok(lines.every((line) => !/^host(nossl)? all all/.test(line)));
  });

  it("drops the default as soon as a rule is given and keeps the mandatory ones first", () => {
    const rule = {
      connection: "hostssl",
      databases: ["shlink"],
      users: ["shlink"],
      method: "password",
    };
    const lines = hbaLines({ ...spec, authentication: { rules: [rule] } });
    assert.equal(lines.at(-1), '"hostssl" "shlink" "shlink" all "scram-sha-256"');
    assert.ok(!lines.includes("hostssl all all all scram-sha-256"));
    assert.equal(lines[0], 'local all "postgres" "peer"');
  });

  it("never includes other files", () => {
    const lines = hbaLines({
      ...spec,
      authentication: { rules: [{ hba: "include /etc/passwd" }] },
    });
    assert.ok(!lines.some((line) => line.startsWith("include")));
  });
});

describe("pgo parameters", () => {
  it("force TLS and scram over what the cluster asks for", () => {
    const lines = parameterLines({
      ...spec,
      config: { parameters: { ssl: "off", work_mem: "8MB" } },
    });
    assert.ok(lines.includes("ssl = 'on'"));
    assert.ok(lines.includes("work_mem = '8MB'"));
    assert.ok(lines.includes("password_encryption = 'scram-sha-256'"));
  });

  it("escape quotes", () => {
    const lines = parameterLines({ ...spec, config: { parameters: { search_path: "a'b" } } });
    assert.ok(lines.includes("search_path = 'a''b'"));
  });
});

describe("pgo SQL", () => {
  const verifiers = new Map([["shlink", "SCRAM-SHA-256$x"]]);
  const users = [{ name: "shlink", databases: ["shlink"] }];

  it("creates databases without an owner and grants nothing in schema public", () => {
    const sql = databasesSql(["shlink"]) + usersSql(users, verifiers, false);
    assert.match(sql, /CREATE DATABASE "shlink"'/);
    assert.match(sql, /GRANT ALL PRIVILEGES ON DATABASE "shlink" TO "shlink"/);
    assert.ok(!/OWNER|SCHEMA/.test(sql));
  });

  it("sets the verifier, so that its change alone changes the revision", () => {
    const sql = usersSql(users, verifiers, false);
    assert.match(sql, /ALTER ROLE "shlink" WITH {2}PASSWORD 'SCRAM-SHA-256\$x'/);
    const other = usersSql(users, new Map([["shlink", "SCRAM-SHA-256$y"]]), false);
    assert.notEqual(sqlRevision(sql), sqlRevision(other));
  });

  it("always makes postgres a superuser that can log in, whatever is asked for", () => {
    const sql = usersSql(
      [{ name: "postgres", options: "NOLOGIN", databases: ["x"] }],
      new Map(),
      false,
    );
    assert.match(sql, /ALTER ROLE "postgres" WITH LOGIN SUPERUSER/);
    assert.ok(!sql.includes('"x"'));
  });

  it("creates a schema per user only when the annotation asks for it", () => {
    assert.match(usersSql(users, verifiers, true), /CREATE SCHEMA IF NOT EXISTS "shlink"/);
    assert.ok(!usersSql(users, verifiers, false).includes("CREATE SCHEMA"));
  });

  it("passes known role options and drops everything when one is a password or unknown", () => {
    assert.equal(safeRoleOptions("CREATEDB CONNECTION LIMIT 5"), "CREATEDB CONNECTION LIMIT 5");
    assert.equal(safeRoleOptions("CREATEDB PASSWORD 'x'"), "");
    assert.equal(safeRoleOptions("LOGIN; DROP TABLE x"), "");
  });

  it("quotes names", () => {
    assert.match(databasesSql([`a"b'c`]), /CREATE DATABASE "a""b''c"/);
  });
});

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

describe("pgo leader election", () => {
  const a = instance("a", "master", false);
  const b = instance("b", "replica");

  it("starts with the first instance, so that a restarted controller chooses the same", () => {
    assert.deepEqual(elect(undefined, [a, b], 0, 30), { leader: a, promote: false });
  });

  it("waits for the lease before a ready replica takes over", () => {
    assert.deepEqual(elect("a-0", [a, b], 29, 30), { leader: a, promote: false });
    assert.deepEqual(elect("a-0", [a, b], 31, 30), { leader: b, promote: true });
  });

  it("keeps a lost leader when nobody else could lead", () => {
    assert.deepEqual(elect("a-0", [a], 1000, 30), { leader: a, promote: false });
    const sick = instance("b", "replica", false);
    assert.deepEqual(elect("a-0", [a, sick], 1000, 30), { leader: a, promote: false });
  });
});
