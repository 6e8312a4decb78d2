import type { Ask } from "../effects/api.ts";
import type { Target } from "../effects/exec.ts";
import { isReady, podsPath, type PodStatus } from "../effects/pods.ts";
import { selectorText, type WorkloadName, workloads } from "../platform/workloads.ts";
import { read, readList, refused } from "./read.ts";
import type { Tools } from "./tools.ts";

interface Pod {
  metadata: { name: string; uid?: string; deletionTimestamp?: string };
  status?: PodStatus & { phase?: string };
}

/**
 * Finds the container of each running pod of a kind.
 * @throws Error with a sentence where the pods cannot be read.
 */
export async function runningPods(
  ask: Ask,
  workload: WorkloadName,
  container: string,
  labels: Record<string, string> = {},
): Promise<Target[]> {
  const { namespace, ...own } = workloads[workload];
  const path = podsPath(namespace, selectorText({ ...own.labels, ...labels }));
  const items = await readList<Pod>(ask, path, `The list of pods in ${namespace}`);
  return items
    .filter((pod) => pod.status?.phase === "Running" && !pod.metadata.deletionTimestamp)
    .map(({ metadata }) => ({ namespace, pod: metadata.name, container }));
}

/**
 * Reads the values of a Secret.
 * @throws Error with a sentence where it cannot be read.
 */
export async function readSecret(ask: Ask, namespace: string, name: string) {
  const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
  const { data = {} } = await read<{ data?: Record<string, string> }>(
    ask,
    path,
    `Secret ${namespace}/${name}`,
  );
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      Buffer.from(value, "base64").toString("utf8"),
    ]),
  );
}

/**
 * Waits until something holds, for as many looks as are given.
 * @throws Error that says what did not come.
 */
export async function until(
  what: string,
  { pause }: Pick<Tools, "pause">,
  holds: () => Promise<boolean>,
  looks = 120,
): Promise<void> {
  for (let left = looks; left > 0; left--, await pause()) if (await holds()) return;
  throw new Error(`This did not come: ${what}. Look at: npm run doctor`);
}

/** Deletes a pod of a StatefulSet, and waits until its successor of the same name is ready. */
export async function restartPod(tools: Tools, { namespace, pod }: Target): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}`;
  const before = await read<Pod>(tools.ask, path, `Pod ${namespace}/${pod}`);
  const gone = await tools.ask(path, { method: "DELETE" });
  if (gone.status >= 300 && gone.status !== 404)
    throw refused(`Pod ${namespace}/${pod} cannot be deleted`, gone);
  await until(`pod ${namespace}/${pod} ready again`, tools, async () => {
    const now = await tools.ask<Pod>(path);
    if (now.status === 401 || now.status === 403)
      throw refused(`Pod ${namespace}/${pod} cannot be read`, now);
    return now.status === 200 && now.body.metadata.uid !== before.metadata.uid && isReady(now.body);
  });
}
