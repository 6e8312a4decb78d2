import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { it } from "mocha";
import { call, createLink, type Entry, readApiKey } from "../../local/stack/smoke.ts";
import { type Report, under } from "./load.ts";
import { execute, kill, kubeconfig, kubernetes, until } from "./platform.ts";

const primary = "postgres-operator.crunchydata.com/role=master";

/** Tests for a running platform under load through its gateway: what visitors notice of a server that is lost. */
export function losesServers(entry: () => Entry): void {
  it("fails no redirect when Redis' master is killed", async () => {
    const report = await underRedirects(entry(), 90, async () => {
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

  it("fails redirects no longer than PostgreSQL's primary is away, and restarts no pod", async () => {
    const before = await restarts();
    let back = new Date();
    const report = await underRedirects(entry(), 120, async () => {
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
      after.filter((seconds) => seconds > 0),
      [],
    );
    assert.deepEqual(await restarts(), before);
  });
}

/** Twenty redirects a second, which all have to lead to the link's target. */
async function underRedirects(
  entry: Entry,
  atMost: number,
  work: () => Promise<void>,
): Promise<Report> {
  const target = "https://example.com/load";
  const { shortCode } = await createLink(entry, await readApiKey(kubeconfig), target);
  const redirect = async () => {
    const { status, location } = await call(entry, { path: `/${shortCode}` });
    if (status !== 302 || location !== target) throw new Error(`it answered ${status}`);
  };
  const report = await under({ call: redirect, perSecond: 20, atMost }, work);
  const { calls, failures, slowest } = report;
  console.log(
    `      ${calls} redirects, ${failures.length} failed, the slowest took ${slowest.toFixed(1)} s`,
  );
  return report;
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

async function podNames(namespace: string, labelSelector: string): Promise<string[]> {
  const { items } = await kubernetes().core.listNamespacedPod({ namespace, labelSelector });
  return items
    .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
    .map(({ metadata }) => metadata?.name ?? "");
}

async function isReady(namespace: string, name: string): Promise<boolean> {
  const { status } = await kubernetes().core.readNamespacedPod({ name, namespace });
  return (
    status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false
  );
}

/** How often each container of the shortener was restarted. */
async function restarts(): Promise<Record<string, number>> {
  const { items } = await kubernetes().core.listNamespacedPod({
    namespace: "shlink",
    labelSelector: "app=shlink",
  });
  return Object.fromEntries(
    items.flatMap(({ metadata, status }) =>
      (status?.containerStatuses ?? []).map(({ name, restartCount }) => [
        `${metadata?.name}/${name}`,
        restartCount,
      ]),
    ),
  );
}
