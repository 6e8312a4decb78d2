import type { Deployment, Event, Facts } from "../facts.ts";
import { type Evidence, finding } from "../finding.ts";
import { brief, condition, linkOf, minutesSince, nameOf } from "../readings.ts";

/** A controller waits up to 17 minutes before it tries again; what is older is over. */
const recentMinutes = 20;

/** What the second of two is told that make the same thing at once; it tries again. */
const harmless = /already exists|the object has been modified/;

type Owners = Pick<Facts, "deployments" | "statefulSets" | "jobs">;

export const podsRefused = finding({
  id: "pods-refused",
  link: "cluster",
  severity: "broken",
  title: "The API server refuses pods",
  meaning:
    "A quota is used up, a LimitRange, Pod Security or another policy forbids the pod, or a webhook that judges pods refuses it or does not answer.",
  consequence: "No new pod is made; a restart or a rollout does not come to its end.",
  fix: "Raise the namespace's quota by the settings it follows from (docs/kubernetes.md), take away what the pod violates, or repair the webhook's pods.",
  look: [
    "kubectl get events -A --field-selector reason=FailedCreate",
    "kubectl get resourcequotas,limitranges -A",
  ],
  needs: ["events", "deployments", "statefulSets", "jobs", "now"],
  find: ({ events, now, ...owners }) => [
    ...owners.deployments.flatMap(refusedTo),
    ...events
      .filter((event) => event.reason === "FailedCreate" && isRecent(event, now))
      .filter(({ message = "" }) => !harmless.test(message))
      .filter((event) => stillLacks(event, owners))
      .map(({ involvedObject: { kind, name, namespace }, message }) => ({
        text: `${kind} ${namespace}/${name}: ${brief(message)}`,
        link: linkOf(namespace),
      })),
  ],
});

/** A Deployment says so itself, for as long as it lasts: also while the pods of the version before run on. */
function refusedTo(deployment: Deployment): Evidence[] {
  const failure = condition(deployment.status?.conditions, "ReplicaFailure");
  if (failure?.status !== "True") return [];
  const text = `Deployment ${nameOf(deployment)}: ${brief(failure.message)}`;
  return [{ text, link: linkOf(deployment.metadata.namespace) }];
}

const isRecent = ({ lastTimestamp, eventTime }: Event, now: number) =>
  minutesSince(lastTimestamp ?? eventTime ?? undefined, now) < recentMinutes;

/** An event outlives its cause: what has all its pods again, or is gone, is not refused any more. */
function stillLacks({ involvedObject }: Event, { deployments, statefulSets, jobs }: Owners) {
  const { kind, name, namespace } = involvedObject;
  const place = (own: string) => `${namespace}/${own}`;
  const lacks = ({ spec, status }: Deployment) =>
    (status?.readyReplicas ?? 0) < (spec?.replicas ?? 1);
  if (kind === "Job")
    return jobs.some((job) => nameOf(job) === place(name) && (job.status?.succeeded ?? 0) === 0);
  if (kind === "ReplicaSet") {
    const owner = deployments.find((one) => nameOf(one) === place(name.replace(/-[^-]+$/, "")));
    // The Deployment's own condition has said it, if it still is so.
    return owner === undefined || (owner.status?.conditions === undefined && lacks(owner));
  }
  const owner = statefulSets.find((one) => nameOf(one) === place(name));
  return kind !== "StatefulSet" || (owner !== undefined && lacks(owner));
}
