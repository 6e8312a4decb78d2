import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, it } from "mocha";
import { call, createLink, type Entry, readApiKey } from "../../local/stack/smoke.ts";
import type { Report } from "./load.ts";
import { kubeconfig, until } from "./platform.ts";
import { type Controller, evict, isReady, podNames, restarts, scale } from "./pods.ts";
import { underRedirects } from "./redirects.ts";

const part = (component: string) => `app.kubernetes.io/component=${component}`;
const servers: Controller = {
  kind: "StatefulSet",
  namespace: "redis",
  name: "rfr-shlink-redis",
  pods: part("redis"),
};
/** It would bring the servers back at once. */
const operator: Controller = {
  kind: "Deployment",
  namespace: "redis-operator",
  name: "redis-operator",
  pods: "app.kubernetes.io/name=redis-operator",
};

const readyServers = async () => {
  const names = await podNames("redis", servers.pods);
  const ready = await Promise.all(names.map((name) => isReady("redis", name)));
  return names.filter((_, index) => ready[index]);
};

const allReady = () => until("three servers", 180, async () => (await readyServers()).length === 3);

/** Tests for a running platform with three Redis servers: what visitors get of two, of one and of none. */
export function losesRedis(entry: () => Entry): void {
  after(() => scale(operator, 1));

  it("lets a drain of nodes take one Redis server, and refuses to give the next", async () => {
    await allReady();
    const [first = "", second = ""] = await readyServers();
    assert.deepEqual([await evict("redis", first), await evict("redis", second)], [201, 429]);
    await allReady();
  });

  for (const left of [2, 1])
    it(`fails no redirect with ${left} of 3 Redis servers`, async () => {
      await scale(operator, 0);
      const report = await underRedirects(
        { entry: entry(), perSecond: 20, atMost: 150 },
        async () => {
          await sleep(2_000);
          await scale(servers, left);
          await sleep(20_000);
        },
      );
      assert.deepEqual(report.failures, []);
    });

  it("answers no redirect without a Redis server, restarts no pod, and is back soon after the first", async () => {
    const before = await restarts();
    const link = { entry: entry(), perSecond: 2, atMost: 240 };
    let first = new Date();
    const report = await underRedirects(link, async () => {
      await scale(servers, 0);
      await sleep(20_000);
      await scale(operator, 1);
      await until("a Redis server", 120, async () => (await readyServers()).length > 0);
      first = new Date();
      await sleep(60_000);
    });
    tell(report, first);
    assert.ok(report.failures.some(({ reason }) => reason === "it answered 504"));
    assert.deepEqual(await restarts(), before);
    await until("the health check", 60, async () => {
      return (await call(entry(), { path: "/rest/health" })).status === 200;
    });
    await allReady();
    const key = await readApiKey(kubeconfig);
    // Sentinels and the operator still settle who leads, and Shlink's locks are written.
    const seconds = await until("a link is created", 60, () =>
      createLink(entry(), key, "https://example.com/again").then(
        () => true,
        () => false,
      ),
    );
    console.log(`      A link was created ${seconds.toFixed(0)} s after all servers were ready`);
  });
}

function tell({ failures }: Report, first: Date): void {
  const reasons = new Map<string, number>();
  for (const { reason } of failures) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const answers = [...reasons].map(([reason, times]) => `${times} times ${reason}`).join(", ");
  const last = Math.max(...failures.map(({ at }) => (at.getTime() - first.getTime()) / 1000));
  console.log(`      Without a server: ${answers}`);
  console.log(`      The last that failed began ${last.toFixed(1)} s after the first was ready`);
}
