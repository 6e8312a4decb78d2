import type { Event, Facts, Pod } from "../facts.ts";
import { type Evidence, finding } from "../finding.ts";
import {
  brief,
  condition,
  containersOf,
  isReady,
  linkOf,
  minutesSince,
  nameOf,
} from "../readings.ts";

const seenOf = (pod: Pod, text: string): Evidence => ({
  text: `pod ${nameOf(pod)}${text}`,
  link: linkOf(pod.metadata.namespace),
});

const runs = (pod: Pod) => pod.metadata.deletionTimestamp === undefined;

export const imagePull = finding({
  id: "image-pull",
  link: "cluster",
  severity: "broken",
  title: "An image cannot be pulled",
  meaning:
    "A node cannot get the image of a container: the registry is away, the name is wrong, or a login is missing.",
  consequence: "The pod does not start. Pods that run on nodes with the image go on.",
  fix: "Look whether the registry answers from the node and whether the image's name is right; the kubelet tries again by itself, at least every five minutes.",
  look: ["kubectl get pods -A", "kubectl get events -A --field-selector reason=Failed"],
  needs: ["pods"],
  find: ({ pods }) =>
    pods.filter(runs).flatMap((pod) =>
      containersOf(pod)
        .filter(({ state }) =>
          ["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"].includes(
            state?.waiting?.reason ?? "",
          ),
        )
        .map(({ name, image, state }) =>
          seenOf(pod, `, container ${name}: ${state?.waiting?.reason} for ${image ?? "its image"}`),
        ),
    ),
});

export const unschedulable = finding({
  id: "unschedulable",
  link: "cluster",
  severity: "broken",
  title: "A pod finds no node",
  meaning: "The scheduler has no node with the room, the volume or the labels that a pod asks for.",
  consequence: "The pod waits. A server fewer runs, or none.",
  fix: "Add a node or free one, or lower the requests in the stack file and run pulumi up.",
  mend: ["pulumi up"],
  look: ["kubectl get pods -A --field-selector status.phase=Pending", "kubectl describe nodes"],
  needs: ["pods"],
  find: ({ pods }) =>
    pods.filter(runs).flatMap((pod) => {
      const placed = condition(pod.status?.conditions, "PodScheduled");
      if (placed?.status !== "False") return [];
      return [seenOf(pod, `: ${brief(placed.message) || "not scheduled"}`)];
    }),
});

/** A controller tries again for as long; what is older is over. */
const recentMinutes = 15;

export const podsRefused = finding({
  id: "pods-refused",
  link: "cluster",
  severity: "broken",
  title: "The API server refuses pods",
  meaning:
    "A quota is used up, Pod Security forbids the pod, or a webhook that judges pods does not answer.",
  consequence: "No new pod is made; a restart or a rollout does not come to its end.",
  fix: "Raise the namespace's quota by the settings it follows from (docs/kubernetes.md), take away what violates Pod Security, or repair the webhook's pods.",
  look: [
    "kubectl get events -A --field-selector reason=FailedCreate",
    "kubectl get resourcequotas -A",
  ],
  needs: ["events", "pods", "deployments", "statefulSets", "now"],
  find: ({ events, now, ...owners }) =>
    events
      .filter((event) => event.reason === "FailedCreate" && isRecent(event, now))
      .filter(({ message = "" }) =>
        /exceeded quota|PodSecurity|failed calling webhook/.test(message),
      )
      .filter((event) => stillLacks(event, owners))
      .map(({ involvedObject: { kind, name, namespace }, message }) => ({
        text: `${kind} ${namespace}/${name}: ${brief(message)}`,
        link: linkOf(namespace),
      })),
});

const isRecent = ({ lastTimestamp, eventTime }: Event, now: number) =>
  minutesSince(lastTimestamp ?? eventTime ?? undefined, now) < recentMinutes;

type Owners = Pick<Facts, "pods" | "deployments" | "statefulSets">;

/** An event outlives its cause: what has all its pods again is not refused any more. */
function stillLacks({ involvedObject }: Event, { deployments, statefulSets }: Owners): boolean {
  const { name, namespace } = involvedObject;
  const owner = [...deployments, ...statefulSets].find(
    ({ metadata }) =>
      metadata.namespace === namespace &&
      (name === metadata.name || name.startsWith(`${metadata.name}-`)),
  );
  return (owner?.status?.readyReplicas ?? 0) < (owner?.spec?.replicas ?? 1);
}

export const outOfMemory = finding({
  id: "out-of-memory",
  link: "cluster",
  severity: "broken",
  title: "A container was killed for lack of memory",
  meaning:
    "A container reached its memory limit within the last hour, or its node had no memory left.",
  consequence:
    "It starts anew and loses what it was doing; if it happens again and again it answers nothing.",
  fix: "Raise the memory limit of that part in the stack file (docs/settings.md) and run pulumi up.",
  mend: ["pulumi up"],
  look: ["kubectl get pods -A", "kubectl get events -A --field-selector reason=OOMKilling"],
  needs: ["pods", "now"],
  find: ({ pods, now }) =>
    pods.filter(runs).flatMap((pod) =>
      containersOf(pod)
        .filter(({ state, lastState }) =>
          [state?.terminated, lastState?.terminated].some(
            (end) => end?.reason === "OOMKilled" && minutesSince(end.finishedAt, now) < 60,
          ),
        )
        .map(({ name, restartCount = 0 }) =>
          seenOf(pod, `, container ${name}: OOMKilled, ${restartCount} restarts`),
        ),
    ),
});

export const crashLoop = finding({
  id: "crash-loop",
  link: "cluster",
  severity: "broken",
  title: "A container ends again and again",
  meaning:
    "A container ends soon after each start, and the kubelet waits longer before each next one.",
  consequence: "It answers nothing, or only between two ends.",
  fix: "The log of its last run names the cause: a Secret that is not there, a server that refuses, a wrong option.",
  look: ["kubectl get pods -A", "kubectl get events -A --field-selector reason=BackOff"],
  needs: ["pods"],
  find: ({ pods }) =>
    pods.filter(runs).flatMap((pod) =>
      containersOf(pod)
        .filter(({ state }) =>
          [
            "CrashLoopBackOff",
            "CreateContainerConfigError",
            "CreateContainerError",
            "RunContainerError",
          ].includes(state?.waiting?.reason ?? ""),
        )
        .map(({ name, state, lastState }) =>
          seenOf(
            pod,
            `, container ${name}: ${state?.waiting?.reason}${lastExit(lastState?.terminated)}`,
          ),
        ),
    ),
});

const lastExit = (end: { exitCode?: number } | undefined) =>
  end?.exitCode === undefined ? "" : `, last exit code ${end.exitCode}`;

/** A pod may take this long to become ready; Shlink's own start may take longer while a lock is held. */
const startMinutes = 2;

export const probeFailing = finding({
  id: "probe-failing",
  link: "cluster",
  severity: "broken",
  title: "A pod runs and is not ready",
  meaning:
    "The containers of a pod run, but its readiness probe fails, or its startup probe has not succeeded within two minutes.",
  consequence: "No Service leads to it.",
  fix: "Mend what the links before this one say. If nothing is found there, the pod's events and log name the probe and its answer.",
  look: ["kubectl get pods -A", "kubectl get events -A --field-selector reason=Unhealthy"],
  needs: ["pods", "events", "now"],
  find: ({ pods, events, now }) =>
    pods
      .filter((pod) => runs(pod) && pod.status?.phase === "Running" && !isReady(pod))
      .filter(({ metadata }) => minutesSince(metadata.creationTimestamp, now) > startMinutes)
      .filter((pod) => containersOf(pod).every(({ state }) => state?.waiting === undefined))
      .map((pod) => seenOf(pod, ` is not ready${lastProbe(pod, events)}`)),
});

function lastProbe({ metadata }: Pod, events: Event[]): string {
  const failed = events.filter(
    ({ reason, involvedObject: { name, namespace } }) =>
      reason === "Unhealthy" && name === metadata.name && namespace === metadata.namespace,
  );
  const last = failed.at(-1);
  return last === undefined ? "" : `: ${brief(last.message)}`;
}
