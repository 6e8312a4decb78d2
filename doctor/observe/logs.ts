import { plainText } from "../../effects/api.ts";
import { workloads } from "../../platform/workloads.ts";
import type { Pod, Symptom, SymptomName } from "../facts.ts";
import { containersOf, inNamespace, isReady, minutesSince, podsOf } from "../readings.ts";
import { type Access, attempt, refusal, seen } from "./access.ts";

/** A start that gets the lock at once has passed this step by then. */
const patienceMinutes = 1;

/** The sentences of a log that say what is wrong. */
const sentences: Partial<Record<SymptomName, RegExp>> = {
  "database-refused":
    /SQLSTATE\[0800|could not connect to server|connection to server .* failed|could not translate host name/i,
  "target-not-reached": /recovery ended before configured recovery target was reached/,
};

/**
 * How a log ends during the two steps of Shlink's start for which one pod at a time has the lock. A step ends its line only
 * when it is over, and containerd keeps a line back until then: the first step shows nothing, the second the end of the first.
 */
const lockedStep = /^(Initializing database if needed\.\.\.( Success!)?|Updating database\.\.\.|)$/;

/** `startMinutes`: for how long a container of Shlink has been running; 0 for another one. */
export function symptomsIn(log: string, startMinutes: number): SymptomName[] {
  const said = Object.entries(sentences).flatMap(([name, sentence]) =>
    sentence.test(log) ? [name as SymptomName] : [],
  );
  const last = log.trimEnd().split("\n").at(-1) ?? "";
  const waits = startMinutes > patienceMinutes && lockedStep.test(last.trim());
  return waits ? [...said, "waits-for-migration"] : said;
}

interface Suspect {
  pod: Pod;
  container: string;
}

/** Logs are read of pods that do not do what they should, and only sentences are taken from them. */
function suspects(pods: Pod[]): Suspect[] {
  const { namespace } = workloads.postgres;
  const restores = pods
    .filter(inNamespace(namespace))
    .filter(
      ({ metadata, status }) => /-restore-/.test(metadata.name) && status?.phase === "Running",
    );
  const servers = podsOf(pods, "shlink").filter((pod) => !isReady(pod));
  const migrations = podsOf(pods, "shlink-migration");
  return [
    ...[...servers, ...migrations].map((pod) => ({ pod, container: "shlink" })),
    ...restores.map((pod) => ({ pod, container: pod.spec?.containers[0]?.name ?? "" })),
  ].filter(({ pod, container }) => hasRun(pod, container));
}

const hasRun = (pod: Pod, container: string) =>
  containersOf(pod).some(
    ({ name, state, restartCount = 0 }) =>
      name === container && (state?.waiting === undefined || restartCount > 0),
  );

/** For how long a container of Shlink has been running; a pod elsewhere starts no Shlink. */
function startMinutes({ pod, container }: Suspect, now: number): number {
  if (!inNamespace(workloads.shlink.namespace)(pod)) return 0;
  const own = containersOf(pod).find(({ name }) => name === container);
  return minutesSince(own?.state?.running?.startedAt, now);
}

export const readSymptoms = ({ ask }: Access, pods: Pod[], now: number) =>
  attempt<Symptom[]>(async () => {
    const found = await Promise.all(
      suspects(pods).map(async (one) => {
        const { container } = one;
        const { name: pod, namespace = "" } = one.pod.metadata;
        const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log?container=${container}&tailLines=60`;
        const { status, body } = await ask(path, { accept: plainText });
        // The pod has ended since it was listed, or its container has not begun.
        if (status === 404 || status === 400) return [];
        if (status !== 200) throw new Error(refusal(`get pods/log in ${namespace}`, status));
        const said = symptomsIn(body.message ?? "", startMinutes(one, now));
        return said.map((symptom) => ({ namespace, pod, symptom }));
      }),
    );
    return seen(found.flat());
  });
