import assert from "node:assert/strict";
import { it } from "mocha";
import {
  call,
  createLink,
  type Entry,
  type Link,
  readApiKey,
  visitsOf,
} from "../../local/stack/smoke.ts";
import { under } from "./load.ts";
import { execute, kill, kubeconfig, kubectl, list, query, until } from "./platform.ts";
import { watchedPostgres } from "./metrics.ts";

const primary = "postgres-operator.crunchydata.com/role=master";
const alert = "PostgresWithoutPrimary";
const pods = "/api/v1/namespaces/postgres/pods";

/** A `pulumi up` with these settings of the database; its end and what it printed. */
type Up = (database: object) => Promise<{ code: number; output: string }>;

/** Tests for a running platform with three servers, backups and a pool: nothing is lost that was acknowledged. */
export function keepsData(entry: () => Entry, up: Up): void {
  it("has a full backup from the start, and makes another when told to", async () => {
    assert.deepEqual(await backups(), ["full"]);
    await postgres("create", "job", "--from=cronjob/shlink-db-repo1-incr", "backup-now");
    await postgres("wait", "--for=condition=Complete", "job/backup-now", "--timeout=3m");
    assert.deepEqual(await backups(), ["full", "incr"]);
  });

  it("is written to again soon after its primary was killed, and keeps every link it has acknowledged", async () => {
    const key = await readApiKey(kubeconfig);
    const links: (Link & { at: number })[] = [];
    const create = async () => {
      const link = await createLink(entry(), key, "https://example.com/failover");
      links.push({ ...link, at: Date.now() });
    };
    let killed = 0;
    const report = await under({ call: create, perSecond: 4, atMost: 150 }, async () => {
      await until("writes", 20, () => Promise.resolve(links.length > 8));
      killed = Date.now();
      await kill("postgres", await primaryName());
      await until("writes again", 120, () =>
        Promise.resolve(links.filter(({ at }) => at > killed + 1000).length > 8),
      );
    });
    const gaps = links.map(({ at }, index) => at - (links[index - 1]?.at ?? at));
    figure("seconds without writes, primary killed", Math.max(...gaps) / 1000);
    console.log(`      ${report.calls} creations, ${report.failures.length} failed`);
    const codes = links.map(({ shortCode }) => `'${shortCode}'`).join(",");
    const kept = await query(`SELECT count(*) FROM short_urls WHERE short_code IN (${codes})`);
    assert.equal(kept, `${links.length}`);
    await threeReady();
  });

  let before: Link;
  let target = "";

  it("goes back to a point in time: what was made before is there, what was made after is not", async () => {
    const key = await readApiKey(kubeconfig);
    before = await createLink(entry(), key, "https://example.com/before");
    assert.equal((await call(entry(), { path: `/${before.shortCode}` })).status, 302);
    await until("a visit", 10, async () => (await visitsOf(entry(), key, before)) === 1);
    target = await now();
    await until("another second", 10, async () => (await now()) > target);
    const after = await createLink(entry(), key, "https://example.com/after");

    await restored(up, { id: "to-a-time", target });
    assert.equal((await call(entry(), { path: `/${after.shortCode}` })).status, 404);
    assert.equal((await call(entry(), { path: `/${before.shortCode}` })).status, 302);
    await until("both visits", 10, async () => (await visitsOf(entry(), key, before)) === 2);
    await works(entry());
  });

  it("is told by an alert and by `pulumi up` when the archive does not reach that point", async () => {
    const late = { mode: "inPlace", id: "too-late", target: "2099-01-01 00:00:00+00" };
    const begun = Date.now();
    const prometheus = await watchedPostgres();
    try {
      assert.ok(!(await prometheus.firing()).includes(alert));
      const told = up({ restore: late });
      const noticed = until("an alert", 300, async () =>
        (await prometheus.firing()).includes(alert),
      );
      await until("no server left", 120, async () => (await servers()).length === 0);
      const stopped = Date.now();
      await noticed;
      figure("seconds until the alert, no server left", (Date.now() - stopped) / 1000);
      assert.ok(Date.now() - stopped < 120_000);
      const { code, output } = await told;
      figure("seconds until `pulumi up` told of it", (Date.now() - begun) / 1000);
      assert.notEqual(code, 0);
      assert.match(output, /The restore too-late cannot end, since its target is later than/);
    } finally {
      await prometheus.stop();
    }
    await restored(up, { id: "to-the-end" });
    assert.equal((await call(entry(), { path: `/${before.shortCode}` })).status, 302);
    await works(entry());
  });
}

/** Restores, says how long it took, and leaves nothing to change. */
async function restored(up: Up, restore: { id: string; target?: string }): Promise<void> {
  const begun = Date.now();
  const { code, output } = await up({ restore: { mode: "inPlace", ...restore } });
  assert.equal(code, 0, output);
  figure(`seconds of a restore ${restore.id}`, (Date.now() - begun) / 1000);
  await threeReady();
}

/** The password, the pool and the GRANT, as the shortener and its migrations need them. */
async function works(entry: Entry): Promise<void> {
  const key = await readApiKey(kubeconfig);
  await until("links are made again", 60, async () => {
    await createLink(entry, key, "https://example.com/again");
    return true;
  });
  assert.equal(await query("SELECT has_schema_privilege('shlink', 'public', 'CREATE')"), "t");
  const clients = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'shlink'";
  const pooled = (await list(pods)).filter(({ metadata }) => metadata.name.includes("pgbouncer"));
  const addresses = pooled.map(({ status }) => `'${status?.podIP}'`).join(",");
  assert.notEqual(await query(clients), "0");
  assert.equal(await query(`${clients} AND host(client_addr) NOT IN (${addresses})`), "0");
}

/** The database's own time, to the second. */
const now = () => query("SELECT date_trunc('second', now())::text");

const postgres = (...args: string[]) => kubectl(["--namespace", "postgres", ...args]);

/** Which backups the repository has, oldest first. */
async function backups(): Promise<string[]> {
  const host = { namespace: "postgres", pod: "shlink-db-repo-host-0", container: "pgbackrest" };
  const info = await execute(host, ["pgbackrest", "info", "--output=json"]);
  const [stanza] = JSON.parse(info) as {
    backup: { type: string }[];
    status: { message: string };
  }[];
  assert.equal(stanza?.status.message, "ok");
  return stanza.backup.map(({ type }) => type);
}

const servers = async () =>
  (await list(`${pods}?labelSelector=postgres-operator.crunchydata.com/data=postgres`)).map(
    ({ metadata }) => metadata.name,
  );

async function primaryName(): Promise<string> {
  const [pod] = await list(`${pods}?labelSelector=${primary}`);
  return pod?.metadata.name ?? "";
}

/** All servers stream again: a restore must not meet one that is still being built. */
async function threeReady(): Promise<void> {
  const seconds = await until("two replicas streaming", 180, async () => {
    const streaming = await query(
      "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'",
    );
    return streaming === "2";
  });
  console.log(`      Two replicas stream after another ${seconds.toFixed(0)} s`);
}

const figure = (what: string, seconds: number) =>
  console.log(`      ${what}: ${seconds.toFixed(1)}`);
