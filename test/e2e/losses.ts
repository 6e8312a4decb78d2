import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { it } from "mocha";
import { failover } from "../../components/database/pool.ts";
import type { Entry } from "../../local/stack/smoke.ts";
import { execute, kill, kubernetes, until } from "./platform.ts";
import { isReady, podNames, restarts } from "./pods.ts";
import { underRedirects } from "./redirects.ts";

const load = { perSecond: 20 };
/**
 * Seconds from the next primary's readiness until every redirect reaches it: kube-proxy writes its rules at most once a second
 * (its `minSyncPeriod`), an attempt to reach the last one that began before hangs for its whole time, and the pool looks three
 * times a second, for its own login first and then for Shlink's.
 */
const noticed = 1 + Number(failover.server_connect_timeout) + 2 / 3;
const primary = "postgres-operator.crunchydata.com/role=master";

/** Tests for a running platform under load through its gateway: what visitors notice of a server that is lost. */
export function losesServers(entry: () => Entry): void {
  it("fails no redirect when Redis' master is killed", async () => {
    const report = await underRedirects({ ...load, entry: entry(), atMost: 90 }, async () => {
      await sleep(2_000);
      const before = await masterAddress();
      await kill("redis", await podAt("redis", before));
      await until("another master", 60, async () => {
        const now = await masterAddress();
        return now !== "" && now !== before;
      });
      await sleep(10_000);
    });
    assert.ok(report.calls > 100);
    assert.deepEqual(report.failures, []);
  });

  it("fails redirects no longer than PostgreSQL's primary is away and the pool looks for it, and restarts no pod", async () => {
    const before = await restarts();
    let back = new Date();
    const report = await underRedirects({ ...load, entry: entry(), atMost: 120 }, async () => {
      await sleep(2_000);
      const [name = ""] = await podNames("postgres", primary);
      await kill("postgres", name);
      const seconds = await until("a primary", 60, async () => {
        const [now = ""] = await podNames("postgres", primary);
        return now !== "" && (await isReady("postgres", now));
      });
      back = new Date();
      console.log(`      The primary was away for ${seconds.toFixed(0)} s`);
      await sleep(20_000);
    });
    const after = report.failures.map(({ at }) => (at.getTime() - back.getTime()) / 1000);
    console.log(
      `      The last that failed began ${Math.max(...after).toFixed(1)} s after it was back`,
    );
    assert.deepEqual(
      after.filter((seconds) => seconds > noticed),
      [],
    );
    assert.deepEqual(await restarts(), before);
  });
}

/** Address of Redis' master, as its sentinels know it. */
async function masterAddress(): Promise<string> {
  const [sentinel = ""] = await podNames("redis", "app.kubernetes.io/component=sentinel");
  const where = { namespace: "redis", pod: sentinel, container: "sentinel" };
  const question = ["redis-cli", "-p", "26379", "sentinel", "get-master-addr-by-name", "mymaster"];
  return (await execute(where, question)).split("\n")[0]?.trim() ?? "";
}

async function podAt(namespace: string, address: string): Promise<string> {
  const { items } = await kubernetes().core.listNamespacedPod({ namespace });
  return items.find(({ status }) => status?.podIP === address)?.metadata?.name ?? "";
}
