import assert from "node:assert/strict";
import { setImmediate as tick } from "node:timers/promises";
import { beforeEach, describe, it } from "mocha";
import { restoreDatabase, type RestorePlan } from "../../operate/restore-database.ts";
import { pgoKey, workloads } from "../../platform/workloads.ts";
import { MemoryApi } from "../support/memory-api.ts";

const pods = "/api/v1/namespaces/postgres/pods";
const cluster = `/apis/${pgoKey("")}v1beta1/namespaces/postgres/postgresclusters/shlink-db`;
const info = (...backups: object[]) => JSON.stringify([{ name: "db", backup: backups }]);
const stop = Date.parse("2026-01-31T12:00:00Z") / 1000;

/** Answers of containers, by a text that the command has. */
const answersOf = () => ({
  pg_current_xact_id: "700\n",
  pg_switch_wal: "000000010000000000000007\n",
  last_archived_wal: "t\n",
  "pgbackrest info": info({ timestamp: { stop }, error: false }),
  "date_created >": "3|120\n",
  "FROM short_urls)": "40|500\n",
  has_schema_privilege: "t\n",
});

describe("A restore of the database", () => {
  let api: MemoryApi;
  let answers: Record<string, string>;
  let asked: string[];
  let steps: string[];
  let told: string[];
  beforeEach(() => {
    [api, answers, asked, steps, told] = [new MemoryApi(), answersOf(), [], [], []];
    const status = { phase: "Running" };
    const primary = { ...workloads.postgres.labels, [pgoKey("role")]: "master" };
    api.put(`${pods}/pg-0`, { metadata: { labels: primary }, status });
    const dedicated = { ...workloads.pgbackrest.labels, [pgoKey("pgbackrest-dedicated")]: "" };
    api.put(`${pods}/host-0`, { metadata: { labels: dedicated }, status });
    api.put(cluster, { spec: { instances: [{ replicas: 3 }] }, status: {} });
  });

  /** Stages of the restore, which come while `pulumi up` runs. */
  async function up(...args: string[]): Promise<void> {
    steps.push(["up", ...args].join(" "));
    const restore = { id: "to-then" };
    const stages = [
      { instances: [{ readyReplicas: 3 }], pgbackrest: { restore } },
      { pgbackrest: { restore: { ...restore, active: 1 } } },
      { instances: [{ readyReplicas: 1 }], pgbackrest: { restore: { ...restore, succeeded: 1 } } },
    ];
    for (const status of stages) {
      api.put(cluster, { spec: { instances: [{ replicas: 3 }] }, status });
      for (let i = 0; i < 20; i++) await tick();
    }
  }

  const restore = (plan: Partial<RestorePlan> = {}) =>
    restoreDatabase(
      {
        id: "to-then",
        target: "2026-01-31 12:00:01+00",
        overwrite: true,
        noUp: false,
        login: "shlink_2",
        ...plan,
      },
      {
        ask: api.ask,
        execute: ({ pod }, command) => {
          const line = command.join(" ");
          asked.push(`${pod}: ${line}`);
          const found = Object.entries(answers).find(([text]) => line.includes(text));
          return Promise.resolve(found?.[1] ?? "");
        },
        shlink: () => Promise.resolve({ status: 0, body: {} }),
        served: () => Promise.resolve(undefined),
        pulumi: {
          settings: () => Promise.resolve({}),
          made: () => Promise.resolve([]),
          set: (path, value) => Promise.resolve(void steps.push(`${path}=${value}`)),
          unset: (path) => Promise.resolve(void steps.push(`no ${path}`)),
          up,
        },
        report: (line) => void told.push(line),
        pause: () => tick(),
      },
    );

  it("writes the stack file anew, runs `pulumi up`, and tells how far it is and what is there", async () => {
    await restore();
    assert.deepEqual(steps, [
      "no database.restore",
      "database.restore.mode=inPlace",
      "database.restore.id=to-then",
      "database.restore.target=2026-01-31 12:00:01+00",
      "up",
    ]);
    const text = told.join("\n");
    assert.match(text, /PGO stops the servers; 3 of 3 .*\npgBackRest restores.*\nThe data is rest/);
    assert.match(text, /Restored: the database has 40 links and 500 visits/);
    assert.doesNotMatch(text, /GRANT/);
  });

  it("lets the archive take all of the log, with a change at its end, before the restore begins", async () => {
    answers["last_archived_wal"] = "f\n";
    // The stack file stays as it is until the archive has all.
    const archived = restore();
    for (let i = 0; i < 20; i++) await tick();
    assert.deepEqual(steps, []);
    answers["last_archived_wal"] = "t\n";
    await archived;
    const order = asked.map((line) => /xact_id|switch_wal|last_archived|info/.exec(line)?.[0]);
    assert.deepEqual(
      order.filter((one, index) => one !== undefined && one !== order[index - 1]),
      ["info", "xact_id", "switch_wal", "last_archived"],
    );
    assert.match(
      asked.find((line) => /last_archived/.test(line)) ?? "",
      />= '000000010000000000000007'/,
    );
  });

  it("changes nothing without being told to overwrite, and says what would be lost", async () => {
    await assert.rejects(
      restore({ overwrite: false }),
      /nothing was changed.*3 links and 120 visits.*--overwrite/,
    );
    assert.deepEqual(steps, []);
    // What only looks does not even begin another file of the log.
    assert.deepEqual(
      asked.filter((line) => !/pgbackrest info|SELECT \(SELECT count/.test(line)),
      [],
    );
  });

  it("refuses a time before the oldest backup that is whole", async () => {
    answers["pgbackrest info"] = info(
      { timestamp: { stop: stop - 9000 }, error: true },
      { timestamp: { stop: stop + 86_400 } },
      { timestamp: { stop } },
    );
    await restore({ target: "2026-01-31 13:00:00+01" });
    steps = [];
    const early = restore({ target: "2026-01-31 11:59:59+00" });
    await assert.rejects(early, /archive begins at 2026-01-31 12:00:00\+00/);
    assert.deepEqual(steps, []);
  });

  it("asks the repository's host where no primary runs, and goes to the end without a target", async () => {
    api.objects.delete(`${pods}/pg-0`);
    await assert.rejects(restore({ target: undefined }), /No primary runs after the restore/);
    assert.deepEqual(asked[0], "host-0: pgbackrest info --output=json");
    assert.ok(!steps.some((step) => step.startsWith("database.restore.target")));
    assert.match(told[0] ?? "", /No primary runs: what is in the volumes/);
  });

  it("leaves `pulumi up` to others", async () => {
    await restore({ noUp: true });
    assert.ok(!steps.includes("up"));
    assert.match(told.at(-1) ?? "", /run pulumi up/);
  });

  it("gives the GRANT and the login again where the restore took one along", async () => {
    answers["has_schema_privilege"] = "f\n";
    await restore();
    assert.equal(steps.at(-1), "up --refresh --run-program");
    assert.ok(asked.some((line) => line.includes("rolname = 'shlink_2'")));
  });

  const refusals: [what: string, prepare: () => void, says: RegExp][] = [
    [
      "an archive without a backup",
      () => (answers["pgbackrest info"] = info()),
      /no backup that is complete/,
    ],
    [
      "a namespace in which nobody can be asked",
      () => [...api.objects.keys()].forEach((path) => api.objects.delete(path)),
      /nobody can be asked/,
    ],
  ];
  for (const [what, prepare, says] of refusals)
    it(`refuses ${what}`, async () => {
      prepare();
      await assert.rejects(restore(), says);
      assert.deepEqual(steps, []);
    });
});
