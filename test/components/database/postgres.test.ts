import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Backups } from "../../../components/database/types.ts";
import { postgresSpec } from "../../../components/database/postgres.ts";
import { merge } from "../../../local/stack/stacks.ts";
import { render, stackSettings } from "../../../plan/render.ts";
import { synth, winning } from "../../support/synth.ts";

const label = "postgres-operator.crunchydata.com";
const cluster = `kubernetes:${label}/v1beta1:PostgresCluster::shlink-db`;
const plan = { fullSchedule: "0 3 * * 0", retention: 2, encrypted: false };
const secret = { credentialsSecret: "pgbackrest-credentials" };

const args: Parameters<typeof postgresSpec>[0] = {
  namespace: "postgres",
  name: "shlink-db",
  user: "shlink",
  postgresVersion: 17,
  instances: 3,
  storage: "1Gi",
  storageClass: "standard",
  requests: { cpu: "1", memory: "1Gi" },
  synchronous: true,
  backups: { mode: "none" },
  restore: { mode: "none" },
  rotation: 0,
  pgBouncer: { mode: "none" },
  metrics: false,
};

interface Spec {
  users: object[];
  instances: { replicas: number; topologySpreadConstraints?: object[] }[];
  patroni?: object;
  proxy?: object;
  backups?: { pgbackrest: Record<string, unknown> };
}
const spec = (changes: Partial<typeof args>) => postgresSpec({ ...args, ...changes }) as Spec;
const pgbackrest = (backups: Backups) => spec({ backups }).backups?.pgbackrest;

/** What stack prod registers with some settings of the database changed. */
async function registered(database: object) {
  const prod = await synth("prod", { database });
  const annotations = prod.input(cluster, "metadata", "annotations") as Record<string, string>;
  const waits = JSON.parse(annotations["pulumi.com/waitFor"] ?? "[]") as string[];
  return { prod, annotations, waits };
}

describe("The servers of the database", () => {
  it("have the application's user with its database, and the superuser, whose Secret the GRANT needs", () => {
    assert.deepEqual(spec({}).users, [
      { name: "shlink", databases: ["shlink"] },
      { name: "postgres" },
    ]);
  });

  it("commit on a replica too when asked, and go on alone when no replica is left", () => {
    assert.deepEqual(spec({}).patroni, { dynamicConfiguration: { synchronous_mode: true } });
    assert.equal("patroni" in spec({ synchronous: false }), false);
  });

  it("are on different nodes, by a rule that PGO does not add itself", () => {
    assert.deepEqual(spec({}).instances[0]?.topologySpreadConstraints, [
      {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "DoNotSchedule",
        nodeTaintsPolicy: "Honor",
        labelSelector: {
          matchLabels: { [`${label}/cluster`]: "shlink-db", [`${label}/instance-set`]: "pg" },
        },
      },
    ]);
    const [single] = spec({ instances: 1, synchronous: false }).instances;
    assert.equal(single?.topologySpreadConstraints, undefined);
  });
});

describe("Backups", () => {
  it("are none when not asked for", () => {
    assert.equal("backups" in spec({}), false);
  });

  it("go to a volume, with all three schedules and a retention", () => {
    const backups: Backups = {
      ...plan,
      mode: "volume",
      storage: "5Gi",
      differentialSchedule: "0 3 * * 1-6",
      incrementalSchedule: "0 * * * *",
    };
    assert.deepEqual(pgbackrest(backups), {
      global: { "repo1-retention-full": "2" },
      repos: [
        {
          name: "repo1",
          schedules: { full: "0 3 * * 0", differential: "0 3 * * 1-6", incremental: "0 * * * *" },
          volume: {
            volumeClaimSpec: {
              accessModes: ["ReadWriteOnce"],
              storageClassName: "standard",
              resources: { requests: { storage: "5Gi" } },
            },
          },
        },
      ],
    });
  });

  it("are encrypted with the passphrase of the Secret, which no setting holds", () => {
    const encrypted = pgbackrest({
      ...plan,
      ...secret,
      mode: "volume",
      storage: "5Gi",
      encrypted: true,
    });
    assert.deepEqual(encrypted?.["global"], {
      "repo1-retention-full": "2",
      "repo1-cipher-type": "aes-256-cbc",
    });
    assert.deepEqual(encrypted["configuration"], [{ secret: { name: "pgbackrest-credentials" } }]);
  });
});

describe("A restore", () => {
  const backups: Backups = { ...plan, mode: "volume", storage: "5Gi" };
  const restore = (target?: string) =>
    spec({ backups, restore: { mode: "inPlace", id: "one", target } }).backups?.pgbackrest[
      "restore"
    ];

  it("is absent when none is asked for", () => {
    assert.equal("restore" in (pgbackrest(backups) ?? {}), false);
  });

  it("goes to the end of the archive, or to a point in time that the shell reads as one word", () => {
    assert.deepEqual(restore(), { enabled: true, repoName: "repo1", options: [] });
    assert.deepEqual(restore("2026-01-01 00:00:00+00"), {
      enabled: true,
      repoName: "repo1",
      options: ["--type=time", '--target="2026-01-01 00:00:00+00"'],
    });
  });

  it("is asked for by its id, and Pulumi waits no longer than until PGO has seen it", async () => {
    const { annotations, waits } = await registered({ restore: { mode: "inPlace", id: "one" } });
    assert.equal(annotations[`${label}/pgbackrest-restore`], "one");
    assert.deepEqual(waits, ["jsonpath={.status.pgbackrest.restore.id}=one"]);
    const without = await registered({});
    assert.deepEqual(Object.keys(without.annotations).sort(), [
      ...Object.keys(winning),
      "pulumi.com/waitFor",
    ]);
    assert.ok(!without.waits.some((wait) => wait.includes("restore")));
  });

  it("is waited for by the program itself, before anything connects", async () => {
    const calls: string[] = [];
    const database = { restore: { mode: "inPlace", id: "one" } };
    const settings = merge(stackSettings("prod"), { database }) as Record<string, unknown>;
    await render("prod", settings, undefined, {
      restored: async ({ id, conditions }) => {
        await Promise.resolve();
        calls.push(id, ...conditions.slice(0, 2));
      },
      tunnel: ({ setting }) => Promise.resolve(void calls.push(setting)),
    });
    const conditions = ["updatedReplicas}=3", "readyReplicas}=3"];
    assert.deepEqual(
      calls.filter((call) => call !== "tunnels.vault"),
      [
        "one",
        ...conditions.map((condition) => `jsonpath={.status.instances[0].${condition}`),
        "tunnels.postgres",
      ],
    );
  });
});

describe("The pool in front of the database", () => {
  it("lends sessions, looks for a new primary each second, and is ready before Shlink connects", async () => {
    assert.deepEqual(spec({ pgBouncer: { mode: "session", replicas: 2 } }).proxy, {
      pgBouncer: {
        replicas: 2,
        resources: { requests: { cpu: "50m", memory: "32Mi" } },
        config: {
          global: {
            pool_mode: "session",
            server_login_retry: "0.3",
            server_connect_timeout: "2",
          },
        },
      },
    });
    assert.equal("proxy" in spec({}), false);
    const { waits } = await registered({ pgBouncer: { mode: "session", replicas: 2 } });
    assert.equal(waits.at(-1), "jsonpath={.status.proxy.pgBouncer.readyReplicas}=2");
  });

  const hosts = {
    none: "shlink-db-primary.postgres.svc",
    session: "shlink-db-pgbouncer.postgres.svc",
  };
  for (const [mode, host] of Object.entries(hosts))
    it(`makes Shlink verify ${host} with pgBouncer ${mode}`, async () => {
      const pgBouncer = mode === "none" ? { mode } : { mode, replicas: 2 };
      const { prod } = await registered({ pgBouncer });
      const servers = "kubernetes:apps/v1:Deployment::shlink";
      const container = ["spec", "template", "spec", "containers", 0];
      const env = prod.input(servers, ...container, "env") as { name: string; value: string }[];
      const environment = Object.fromEntries(env.map(({ name, value }) => [name, value]));
      assert.equal(environment["DB_HOST"], host);
      assert.equal(environment["PGSSLMODE"], "verify-full");
    });
});
