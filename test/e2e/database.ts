import assert from "node:assert/strict";
import { it } from "mocha";
import { createLink, type Entry, type Link, readApiKey } from "../../local/stack/smoke.ts";
import { under } from "./load.ts";
import { execute, figure, kill, kubeconfig, kubectl, list, query, until } from "./platform.ts";

const primary = "postgres-operator.crunchydata.com/role=master";
const repositoryHost = { namespace: "postgres", pod: "shlink-db-repo-host-0" };

/** Tests for a running platform with three servers and backups: nothing is lost that was acknowledged. */
export function keepsData(entry: () => Entry): void {
  it("has a full backup from the start, and makes another when told to", async () => {
    await until("the first backup", 180, async () => (await backups()).length > 0);
    assert.deepEqual(await backups(), ["full"]);
    await postgres("create", "job", "--from=cronjob/shlink-db-repo1-incr", "backup-now");
    await postgres("wait", "--for=condition=Complete", "job/backup-now", "--timeout=3m");
    assert.deepEqual(await backups(), ["full", "incr"]);
  });

  it("is written to again soon after its primary was killed, and keeps every link that it acknowledged", async () => {
    const links = await madeDuring(entry(), async () => kill("postgres", await primaryName()));
    const gaps = links.map(({ at }, index) => at - (links[index - 1]?.at ?? at));
    figure("Seconds without a write after the primary was killed", Math.max(...gaps) / 1000);
    assert.ok(Math.max(...gaps) < 60_000);
    const codes = links.map(({ shortCode }) => `'${shortCode}'`).join(",");
    const kept = await query(`SELECT count(*) FROM short_urls WHERE short_code IN (${codes})`);
    assert.equal(kept, `${links.length}`);
    await allStream();
  });
}

/** Makes links all the time, from before a loss until it is over, and tells which were acknowledged and when. */
async function madeDuring(entry: Entry, loss: () => Promise<void>) {
  const key = await readApiKey(kubeconfig);
  const links: (Link & { at: number })[] = [];
  const create = async () => {
    const link = await createLink(entry, key, "https://example.com/failover");
    links.push({ ...link, at: Date.now() });
  };
  const several = (since: number) => () =>
    Promise.resolve(links.filter(({ at }) => at > since).length > 8);
  const report = await under({ call: create, perSecond: 4, atMost: 150 }, async () => {
    await until("links", 20, several(0));
    await loss();
    await until("links after the loss", 120, several(Date.now() + 1000));
  });
  console.log(`      ${report.calls} links asked for, ${report.failures.length} not made`);
  return links;
}

const postgres = (...args: string[]) => kubectl(["--namespace", "postgres", ...args]);

/** Which backups the repository has, oldest first. */
async function backups(): Promise<string[]> {
  const command = ["pgbackrest", "info", "--output=json"];
  const info = await execute({ ...repositoryHost, container: "pgbackrest" }, command);
  const [stanza] = JSON.parse(info) as { backup: { type: string }[] }[];
  return (stanza?.backup ?? []).map(({ type }) => type);
}

async function primaryName(): Promise<string> {
  const [pod] = await list(`/api/v1/namespaces/postgres/pods?labelSelector=${primary}`);
  return pod?.metadata.name ?? "";
}

/** Waits until both replicas follow the primary: a restore must not meet one that is still being built. */
export async function allStream(): Promise<void> {
  const streaming = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'";
  const seconds = await until(
    "two replicas streaming",
    180,
    async () => (await query(streaming)) === "2",
  );
  figure("Seconds until both replicas stream", seconds);
}
