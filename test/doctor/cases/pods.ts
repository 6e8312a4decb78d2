import type { Facts } from "../../../doctor/facts.ts";
import { migration, minutesAgo } from "../support/healthy.ts";
import type { Case, QuietCase } from "./case.ts";
import { contain, notReady, podNamed } from "./cluster.ts";

const event = (
  [kind, namespace, name]: [string, string, string],
  reason: string,
  message: string,
  age = 1,
) => ({
  involvedObject: { kind, namespace, name },
  type: "Warning",
  reason,
  message,
  lastTimestamp: minutesAgo(age),
});

const replicaSet: [string, string, string] = ["ReplicaSet", "shlink", "shlink-58c8f"];

const refuse = (age: number, ready: number) => (facts: Facts) => {
  facts.deployments[0]!.status!.readyReplicas = ready;
  const message = 'pods "shlink-1" is forbidden: exceeded quota: shlink';
  facts.events.push(event(replicaSet, "FailedCreate", message, age));
};

/** What the admission of pods says against one of the newest version. */
const refuseFor = (message: string) => (facts: Facts) => {
  facts.deployments[0]!.status!.readyReplicas = 0;
  facts.events.push(event(replicaSet, "FailedCreate", message));
};

/** A pod whose containers wait, made as long ago. */
const waiting = (name: string, reason: string, minutes: number) => (facts: Facts) => {
  contain(facts, name, { waiting: { reason } });
  const { status, metadata } = podNamed(facts, name);
  status!.phase = "Pending";
  status!.conditions = [{ type: "PodScheduled", status: "True" }];
  metadata.creationTimestamp = minutesAgo(minutes);
};

/** Lets an init container of a pod be in a state, while the others wait for it. */
const initially =
  (name: string, state: object, ready = false) =>
  (facts: Facts) => {
    waiting(name, "PodInitializing", 10)(facts);
    podNamed(facts, name).status!.initContainerStatuses = [{ name: "first", ready, state }];
  };

const deadPod = (facts: Facts, state: object) => {
  contain(facts, "rfr-1", state);
  podNamed(facts, "rfr-1").status!.phase = "Failed";
};

export const cases: Case[] = [
  {
    id: "pods-refused",
    what: "a quota",
    change: refuse(1, 0),
    says: /exceeded quota/,
    link: "shlink",
  },
  {
    id: "unschedulable",
    what: "a pod without a node",
    change: (facts) =>
      (podNamed(facts, "pg-0").status!.conditions = [
        { type: "PodScheduled", status: "False", message: "0/1 nodes: Insufficient cpu" },
      ]),
    says: /Insufficient cpu/,
    link: "database",
  },
  {
    id: "image-pull",
    what: "an image that is not there",
    change: (facts) => contain(facts, "rfr-0", { waiting: { reason: "ImagePullBackOff" } }),
    says: /rfr-0, container main: ImagePullBackOff for an-image/,
    link: "redis",
  },
  {
    id: "out-of-memory",
    what: "a container that was killed",
    change: (facts) => {
      const terminated = { reason: "OOMKilled", finishedAt: minutesAgo(5) };
      contain(facts, "shlink-0", { running: {} }, { lastState: { terminated }, restartCount: 3 });
    },
    says: /shlink-0, container main: OOMKilled, 3 restarts/,
    link: "shlink",
  },
  {
    id: "crash-loop",
    what: "a container that ends at once",
    change: (facts) => {
      const lastState = { terminated: { exitCode: 7 } };
      contain(facts, "rfs-0", { waiting: { reason: "CrashLoopBackOff" } }, { lastState });
    },
    says: /rfs-0, container main: CrashLoopBackOff, last exit code 7/,
    link: "redis",
  },
  {
    id: "probe-failing",
    what: "a pod whose readiness fails",
    change: (facts) => {
      notReady(facts, "pgo-0");
      const involvedObject = { kind: "Pod", namespace: "postgres-operator", name: "pgo-0" };
      const message = "Readiness probe failed: HTTP 500";
      facts.events.push({ involvedObject, reason: "Unhealthy", message });
    },
    says: /pgo-0 is not ready: Readiness probe failed/,
    link: "operators",
  },
  ...[
    'pods "x" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi',
    'pods "x" is forbidden: failed quota: shlink: must specify limits.memory for: main',
    'admission webhook "validate.example" denied the request: no such label',
    'Internal error occurred: failed calling webhook "pods.example": connection refused',
    'error looking up service account shlink/shlink: serviceaccount "shlink" not found',
    'violates PodSecurity "restricted:latest": runAsNonRoot != true',
  ].map((message) => ({
    id: "pods-refused",
    what: message,
    change: refuseFor(message),
    says: new RegExp(message.slice(0, 20).replaceAll(/[^\w ]/g, ".")),
    link: "shlink" as const,
  })),
  {
    id: "pods-refused",
    what: "a rollout that is refused while the pods of before run on",
    change: ({ deployments: [one] }) => {
      const message = "exceeded quota: shlink";
      one!.status!.conditions = [{ type: "ReplicaFailure", status: "True", message }];
    },
    says: /Deployment shlink\/shlink: exceeded quota/,
    link: "shlink",
  },
  {
    id: "pods-refused",
    what: "a migration whose pod is refused beside a Deployment that is well",
    change: (facts) => {
      facts.jobs = [migration({})];
      facts.events.push(
        event(["Job", "shlink", "shlink-migration-1"], "FailedCreate", "exceeded quota: shlink"),
      );
    },
    says: /Job shlink\/shlink-migration-1: exceeded quota/,
    link: "shlink",
  },
  {
    id: "unschedulable",
    what: "a pod that no scheduler has looked at",
    change: (facts) => {
      const { status, spec } = podNamed(facts, "pg-0");
      delete spec!.nodeName;
      Object.assign(status!, { phase: "Pending", conditions: [], containerStatuses: [] });
    },
    says: /pg-0: no scheduler has looked at it/,
    link: "database",
  },
  ...["ErrImageNeverPull", "InvalidImageName", "RegistryUnavailable", "ImageInspectError"].map(
    (reason) => ({
      id: "image-pull",
      what: reason,
      change: (facts: Facts) =>
        contain(facts, "rfr-0", { waiting: { reason, message: "its own words" } }),
      says: new RegExp(`rfr-0, container main: ${reason} for an-image: its own words`),
      link: "redis" as const,
    }),
  ),
  {
    id: "image-pull",
    what: "an init container's image",
    change: initially("vault-0", { waiting: { reason: "ErrImagePull" } }),
    says: /vault-0, container first: ErrImagePull/,
    link: "vault",
  },
  {
    id: "out-of-memory",
    what: "an init container that was killed",
    change: initially("vault-0", {
      terminated: { reason: "OOMKilled", finishedAt: minutesAgo(1) },
    }),
    says: /vault-0, container first: OOMKilled/,
    link: "vault",
  },
  {
    id: "out-of-memory",
    what: "the pod of a Job that it ended",
    change: (facts) =>
      deadPod(facts, { terminated: { reason: "OOMKilled", finishedAt: minutesAgo(1) } }),
    says: /rfr-1, container main: OOMKilled/,
    link: "redis",
  },
  {
    id: "containers-not-made",
    what: "a Secret that is not there",
    change: (facts) => {
      waiting("shlink-0", "ContainerCreating", 10)(facts);
      const message = 'MountVolume.SetUp failed for volume "s": secret "shlink-secrets" not found';
      facts.events.push(event(["Pod", "shlink", "shlink-0"], "FailedMount", message));
    },
    says: /shlink-0 has no container yet: MountVolume.*secret "shlink-secrets" not found/,
    link: "shlink",
  },
  {
    id: "containers-not-made",
    what: "a network plugin that gives no address",
    change: (facts) => {
      waiting("vault-0", "ContainerCreating", 10)(facts);
      const message = "failed to set up sandbox: no IP addresses available";
      facts.events.push(event(["Pod", "vault", "vault-0"], "FailedCreatePodSandBox", message));
    },
    says: /no IP addresses available/,
    link: "vault",
  },
  ...["CreateContainerConfigError", "CreateContainerError", "PostStartHookError"].map((reason) => ({
    id: "crash-loop",
    what: reason,
    change: (facts: Facts) =>
      contain(facts, "rfs-0", { waiting: { reason, message: 'secret "x" not found' } }),
    says: new RegExp(`rfs-0, container main: ${reason}: secret "x" not found`),
    link: "redis" as const,
  })),
  {
    id: "crash-loop",
    what: "an init container that ends at once",
    change: initially("vault-0", { waiting: { reason: "CrashLoopBackOff" } }),
    says: /vault-0, container first: CrashLoopBackOff/,
    link: "vault",
  },
  {
    id: "probe-failing",
    what: "an init container that does not end",
    change: initially("vault-0", { running: {} }),
    says: /vault-0 is not ready: init container first has not ended/,
    link: "vault",
  },
];

export const quiet: QuietCase[] = [
  {
    id: "out-of-memory",
    what: "a death of two hours ago",
    change: (facts) => {
      const terminated = { reason: "OOMKilled", finishedAt: minutesAgo(120) };
      contain(facts, "shlink-0", { running: {} }, { lastState: { terminated } });
    },
  },
  { id: "pods-refused", what: "an old refusal", change: refuse(30, 0) },
  { id: "pods-refused", what: "a refusal that is over", change: refuse(1, 1) },
  {
    id: "probe-failing",
    what: "a pod that has just been made",
    change: (facts) => {
      notReady(facts, "shlink-0");
      podNamed(facts, "shlink-0").metadata.creationTimestamp = minutesAgo(1);
    },
  },
  {
    id: "pods-refused",
    what: "a Job that succeeded at last",
    change: ({ events }) =>
      events.push(
        event(["Job", "shlink", "shlink-migration-1"], "FailedCreate", "exceeded quota: shlink"),
      ),
  },
  {
    id: "containers-not-made",
    what: "a large image that is on its way",
    change: waiting("shlink-0", "ContainerCreating", 4),
  },
  {
    id: "containers-not-made",
    what: "a sidecar that runs while its neighbour starts",
    change: initially("shlink-0", { running: {} }, true),
  },
  {
    id: "crash-loop",
    what: "a container that is being made",
    change: waiting("shlink-0", "ContainerCreating", 1),
  },
  ...["image-pull", "crash-loop", "unschedulable", "probe-failing"].map((id) => ({
    id,
    what: "an evicted pod that is left over",
    change: (facts: Facts) => {
      const reason = id === "image-pull" ? "ErrImagePull" : "CrashLoopBackOff";
      deadPod(facts, { waiting: { reason } });
      podNamed(facts, "rfr-1").status!.conditions = [
        { type: "PodScheduled", status: id === "unschedulable" ? "False" : "True" },
      ];
    },
  })),
];
