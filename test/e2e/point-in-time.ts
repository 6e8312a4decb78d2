import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { before, it } from "mocha";
import {
  call,
  createLink,
  type Entry,
  type Link,
  readApiKey,
  visitsOf,
} from "../../local/stack/smoke.ts";
import { allStream } from "./database.ts";
import { watchedPostgres } from "./metrics.ts";
import { figure, kubeconfig, list, query, until } from "./platform.ts";

const alert = "PostgresWithoutPrimary";
const pods = "/api/v1/namespaces/postgres/pods";
const servers = `${pods}?labelSelector=postgres-operator.crunchydata.com/data=postgres`;
const pools = `${pods}?labelSelector=postgres-operator.crunchydata.com/role=pgbouncer`;

/** A `pulumi up` with these settings of the database: its end, and what it printed. */
type Up = (database: object) => Promise<{ code: number; output: string }>;

/** Tests for a running platform with backups and a pool: docs/database.md, "Restore", step by step. */
export function goesBack(entry: () => Entry, up: Up): void {
  let key = "";
  let link: Link;
  before(async () => {
    key = await readApiKey(kubeconfig);
    link = await createLink(entry(), key, "https://example.com/before");
  });
  const visit = async ({ shortCode }: Link) =>
    (await call(entry(), { path: `/${shortCode}` })).status;

  it("goes back to a point in time: what was made before is there, what was made after is not", async () => {
    assert.equal(await visit(link), 302);
    await until("a visit", 10, async () => (await visitsOf(entry(), key, link)) === 1);
    const target = await afterLastChange();
    await sleep(1000);
    const later = await createLink(entry(), key, "https://example.com/after");
    assert.equal(await visit(later), 302);

    await restored(up, { id: "to-a-time", target });
    await until("links again", 60, async () => (await visit(link)) === 302);
    assert.equal(await visit(later), 404);
    const visits = await visitsOf(entry(), key, link);
    assert.equal(await query(`${counted} WHERE u.short_code = '${link.shortCode}'`), `${visits}`);
    assert.ok(visits >= 2);
    await worksAsBefore(entry(), key);
  });

  it("is told by an alert and by `pulumi up` when the archive does not reach that point", async () => {
    await refuseChanges();
    const target = await afterLastChange();
    const prometheus = await watchedPostgres();
    try {
      assert.ok(!(await prometheus.firing()).includes(alert));
      const begun = Date.now();
      const told = up({ restore: { mode: "inPlace", id: "too-late", target } });
      await until("no server left", 180, async () => (await list(servers)).length === 0);
      const noticed = async () => (await prometheus.firing()).includes(alert);
      figure("Seconds without a server until the alert", await until("an alert", 120, noticed));
      const { code, output } = await told;
      figure("Seconds until `pulumi up` told of it", (Date.now() - begun) / 1000);
      assert.notEqual(code, 0, output);
      assert.match(output, /The restore too-late cannot end, since its target is later than/);
    } finally {
      await prometheus.stop();
    }
    await restored(up, { id: "to-the-end" });
    await until("links again", 60, async () => (await visit(link)) === 302);
    await worksAsBefore(entry(), key);
  });
}

const counted = "SELECT count(*) FROM visits v JOIN short_urls u ON u.id = v.short_url_id";

/** The database's time, later than all that it has changed; and it changes nothing by itself from then on. */
async function afterLastChange(): Promise<string> {
  await query("ALTER SYSTEM SET autovacuum = off");
  await query("SELECT pg_reload_conf()");
  await sleep(3000);
  return query("SELECT date_trunc('second', now())::text");
}

/** The exporter's query about backups makes a table for a moment, which is a change like any other. */
async function refuseChanges(): Promise<void> {
  await query("ALTER SYSTEM SET default_transaction_read_only = on");
  await query("SELECT pg_reload_conf()");
}

/** Restores, and tells how long it took until all servers were back. */
async function restored(up: Up, restore: { id: string; target?: string }): Promise<void> {
  const begun = Date.now();
  const { code, output } = await up({ restore: { mode: "inPlace", ...restore } });
  assert.equal(code, 0, output);
  figure(`Seconds of the restore ${restore.id}`, (Date.now() - begun) / 1000);
  await allStream();
}

/** The password and the pool let Shlink make links, and the GRANT lets its migrations make tables. */
async function worksAsBefore(entry: Entry, key: string): Promise<void> {
  await createLink(entry, key, "https://example.com/again");
  assert.equal(await query("SELECT has_schema_privilege('shlink', 'public', 'CREATE')"), "t");
  const clients =
    "SELECT DISTINCT host(client_addr) FROM pg_stat_activity WHERE usename = 'shlink'";
  const addresses = (await query(clients)).split("\n");
  const pooled = (await list(pools)).map(({ status }) => status?.podIP);
  assert.deepEqual(
    addresses.filter((address) => !pooled.includes(address)),
    [],
  );
}
