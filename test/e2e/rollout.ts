import assert from "node:assert/strict";
import { AppsV1Api } from "@kubernetes/client-node";
import { it } from "mocha";
import type { Entry } from "../../local/stack/smoke.ts";
import { kubernetes, until } from "./platform.ts";
import { restarts } from "./pods.ts";
import { underRedirects } from "./redirects.ts";

const where = { name: "shlink", namespace: "shlink" };
const fewest = 2_000;

/** A test for a running platform: what visitors notice when all pods of Shlink give way to new ones. */
export function rollsOut(entry: () => Entry): void {
  it(`loses none of ${fewest} redirects when every pod of Shlink is replaced`, async () => {
    const before = Object.keys(await restarts());
    let seconds = 0;
    const load = { entry: entry(), perSecond: 25, atMost: 540 };
    const report = await underRedirects(load, async (running) => {
      await restart();
      seconds = await until("the last of the former pods gone", 420, async () => {
        const now = Object.keys(await restarts());
        return !before.some((name) => now.includes(name)) && (await isComplete());
      });
      await until("enough redirects", 120, () => Promise.resolve(running.calls >= fewest));
    });
    console.log(`      All pods were replaced within ${seconds.toFixed(0)} s`);
    assert.ok(report.calls >= fewest);
    assert.deepEqual(report.failures, []);
  });
}

const apps = () => kubernetes().config.makeApiClient(AppsV1Api);

/** Does what `kubectl rollout restart` does. */
async function restart(): Promise<void> {
  const { spec } = await apps().readNamespacedDeployment(where);
  const annotations = {
    ...spec?.template.metadata?.annotations,
    "kubectl.kubernetes.io/restartedAt": new Date().toISOString(),
  };
  const body = [{ op: "add", path: "/spec/template/metadata/annotations", value: annotations }];
  await apps().patchNamespacedDeployment({ ...where, body });
}

async function isComplete(): Promise<boolean> {
  const { metadata, spec, status } = await apps().readNamespacedDeployment(where);
  return (
    status?.observedGeneration === metadata?.generation &&
    status?.updatedReplicas === spec?.replicas &&
    status?.availableReplicas === spec?.replicas
  );
}
