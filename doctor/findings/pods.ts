import type { Event, Pod } from "../facts.ts";
import { type Evidence, finding } from "../finding.ts";
import { bringBack } from "../mend.ts";
import {
  brief,
  condition,
  containersOf,
  hasEnded,
  isReady,
  lastEvent,
  linkOf,
  minutesSince,
  nameOf,
} from "../readings.ts";

const seenOf = (pod: Pod, text: string): Evidence => ({
  text: `pod ${nameOf(pod)}${text}`,
  link: linkOf(pod.metadata.namespace),
});

const isKept = (pod: Pod) => pod.metadata.deletionTimestamp === undefined;

/** Whether a pod is to run: one that has ended its task or was evicted is only left over. */
const runs = (pod: Pod) => isKept(pod) && !hasEnded(pod);

/** A pod may take this long to become ready; Shlink's own start may take longer while a lock is held. */
const startMinutes = 2;

const isOlderThan = ({ metadata }: Pod, minutes: number, now: number) =>
  minutesSince(metadata.creationTimestamp, now) > minutes;

/** Why the kubelet has no image for a container. */
const imageReasons = [
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
  "ImageInspectError",
  "RegistryUnavailable",
  "SignatureValidationFailed",
];

/** What every container waits for at first. */
const firstReasons = ["ContainerCreating", "PodInitializing"];

/** What the last event about a pod that has one of these reasons says. */
function lastOf(pod: Pod, events: Event[], reasons: RegExp): string {
  const last = lastEvent(pod, events, reasons);
  return last === undefined ? "" : `: ${brief(last.message)}`;
}

/** What the kubelet's words, which are long and differ by runtime, say of the registry. */
function pullFailure(message: string): string {
  if (/dial tcp|no such host|i\/o timeout|connection refused|unreachable/i.test(message))
    return "the registry does not answer: ";
  if (/unauthorized|authorization|denied|forbidden/i.test(message))
    return "the registry does not give it, or not without a login: ";
  return /not found|manifest unknown/i.test(message) ? "the registry does not have it: " : "";
}

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
      containersOf(pod).flatMap(({ name, image, state }) => {
        const { reason = "", message } = state?.waiting ?? {};
        const why = message === undefined ? "" : `: ${pullFailure(message)}${brief(message)}`;
        const what = `, container ${name}: ${reason} for ${image ?? "its image"}${why}`;
        return imageReasons.includes(reason) ? [seenOf(pod, what)] : [];
      }),
    ),
});

export const unschedulable = finding({
  id: "unschedulable",
  link: "cluster",
  severity: "broken",
  title: "A pod finds no node",
  meaning:
    "The scheduler has no node with the room, the volume or the labels that a pod asks for, or it has not looked at the pod for two minutes.",
  consequence: "The pod waits. A server fewer runs, or none.",
  fix: "Add a node or free one, or lower the requests in the stack file and run pulumi up.",
  mend: ["pulumi up"],
  look: ["kubectl get pods -A --field-selector status.phase=Pending", "kubectl describe nodes"],
  needs: ["pods", "now"],
  find: ({ pods, now }) =>
    pods.filter(runs).flatMap((pod) => {
      const placed = condition(pod.status?.conditions, "PodScheduled");
      if (placed?.status === "False")
        return [seenOf(pod, `: ${brief(placed.message) || "not scheduled"}`)];
      const unseen = placed === undefined && pod.spec?.nodeName === undefined;
      return unseen && pod.status?.phase === "Pending" && isOlderThan(pod, startMinutes, now)
        ? [seenOf(pod, ": no scheduler has looked at it")]
        : [];
    }),
});

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
    pods.filter(isKept).flatMap((pod) =>
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

/** The minutes for which a large image may be on its way. */
const pullMinutes = 5;

const waitsOnlyAtFirst = (pod: Pod) =>
  containersOf(pod).every(({ state }) => {
    const reason = state?.waiting?.reason;
    return reason === undefined || firstReasons.includes(reason);
  });

const hasStarted = (pod: Pod) =>
  containersOf(pod).some(({ state }) => state?.running !== undefined);

export const containersNotMade = finding({
  id: "containers-not-made",
  link: "cluster",
  severity: "broken",
  title: "The containers of a pod are not made",
  meaning:
    "A pod has a node, and for minutes the kubelet has started none of its containers: a Secret, a ConfigMap or a volume that it mounts is not there, or the node's network plugin or container runtime fails.",
  consequence: "The pod does not start. A server fewer runs, or none.",
  fix: "The event names what is missing. A Secret comes from Vault by an ExternalSecret; what the program made and somebody deleted, pulumi up --refresh --run-program makes again.",
  mend: bringBack,
  look: [
    "kubectl get pods -A --field-selector status.phase=Pending",
    "kubectl get events -A --field-selector type=Warning",
  ],
  needs: ["pods", "events", "now"],
  find: ({ pods, events, now }) =>
    pods
      .filter((pod) => runs(pod) && pod.status?.phase === "Pending")
      .filter(({ status }) => condition(status?.conditions, "PodScheduled")?.status === "True")
      .filter((pod) => waitsOnlyAtFirst(pod) && !hasStarted(pod))
      .map((pod) => ({ pod, why: lastOf(pod, events, /^Failed/) }))
      .filter(({ pod, why }) => isOlderThan(pod, why === "" ? pullMinutes : startMinutes, now))
      .map(({ pod, why }) => seenOf(pod, ` has no container yet${why}`)),
});

export const crashLoop = finding({
  id: "crash-loop",
  link: "cluster",
  severity: "broken",
  title: "A container ends again and again",
  meaning:
    "A container ends soon after each start, and the kubelet waits longer before each next one; or it cannot be started at all.",
  consequence: "It answers nothing, or only between two ends.",
  fix: "The log of its last run names the cause: a Secret that is not there, a server that refuses, a wrong option.",
  look: ["kubectl get pods -A", "kubectl get events -A --field-selector reason=BackOff"],
  needs: ["pods"],
  find: ({ pods }) =>
    pods.filter(runs).flatMap((pod) =>
      containersOf(pod).flatMap(({ name, state, lastState }) => {
        const { reason, message } = state?.waiting ?? {};
        if (reason === undefined || [...firstReasons, ...imageReasons].includes(reason)) return [];
        const end = lastState?.terminated?.exitCode;
        const how = end === undefined ? `: ${brief(message)}` : `, last exit code ${end}`;
        return [seenOf(pod, `, container ${name}: ${reason}${how}`)];
      }),
    ),
});

export const probeFailing = finding({
  id: "probe-failing",
  link: "cluster",
  severity: "broken",
  title: "A pod runs and is not ready",
  meaning:
    "The containers of a pod run, but its readiness probe fails, its startup probe has not succeeded within two minutes, or an init container does not come to its end.",
  consequence: "No Service leads to it.",
  fix: "Mend what the links before this one say. If nothing is found there, the pod's events and log name the probe and its answer.",
  look: ["kubectl get pods -A", "kubectl get events -A --field-selector reason=Unhealthy"],
  needs: ["pods", "events", "now"],
  find: ({ pods, events, now }) =>
    pods
      .filter((pod) => runs(pod) && !isReady(pod))
      .filter((pod) => pod.status?.phase === "Running" || hasStarted(pod))
      .filter((pod) => isOlderThan(pod, startMinutes, now) && waitsOnlyAtFirst(pod))
      .map((pod) =>
        seenOf(pod, ` is not ready${unfinished(pod)}${lastOf(pod, events, /^Unhealthy$/)}`),
      ),
});

/** The init container that the others wait for; one that is ready is a sidecar. */
function unfinished({ status }: Pod): string {
  const busy = (status?.initContainerStatuses ?? []).find(
    ({ ready, state }) => !ready && state?.running !== undefined,
  );
  return busy === undefined ? "" : `: init container ${busy.name} has not ended or is not ready`;
}
