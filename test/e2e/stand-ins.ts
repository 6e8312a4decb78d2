import type { V1Pod } from "@kubernetes/client-node";
import { applyAsAdministrator } from "../../local/cluster/index.ts";
import { images } from "../../local/cluster/layout.ts";
import { namespaceNames } from "../../platform/namespaces.ts";
import { restrictedContainer, restrictedPod } from "../../platform/pods.ts";
import { type WorkloadName, workloads } from "../../platform/workloads.ts";
import { kubernetes, until } from "./platform.ts";

/** A pod that only is there, with labels of its own choice. */
export interface StandIn {
  name: string;
  namespace: string;
  labels: Record<string, string>;
}

/** Stands for a kind of pod that runs for moments only, or in nobody's test. */
export const standInFor = (workload: WorkloadName, number: number): StandIn => ({
  name: `probe-${workload}-${number}`,
  namespace: workloads[workload].namespace,
  labels: workloads[workload].labels,
});

const core = () => kubernetes().core;

export async function makePods(standIns: StandIn[]): Promise<void> {
  await applyAsAdministrator(namespacesOf(standIns));
  await Promise.all(standIns.map(makePod));
  await until("the stand-ins", 600, async () => {
    const pods = await Promise.all(
      standIns.map(({ name, namespace }) => core().readNamespacedPod({ name, namespace })),
    );
    return pods.every(({ status }) => status?.phase === "Running");
  });
}

/** Those of the platform are there; others may be. */
const namespacesOf = (standIns: StandIn[]) =>
  standIns
    .map(({ namespace }) => namespace)
    .filter((name) => !namespaceNames(true).some((own) => own === name))
    .map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }));

async function makePod({ name, namespace, labels }: StandIn): Promise<void> {
  const body: V1Pod = {
    metadata: { name, namespace, labels: { ...labels, "sidecar.istio.io/inject": "false" } },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 0,
      securityContext: restrictedPod(1000),
      containers: [
        {
          name: "pause",
          image: images.pause,
          imagePullPolicy: "IfNotPresent",
          // Without any it would start last of all on a busy machine.
          resources: { requests: { cpu: "10m", memory: "16Mi" } },
          securityContext: restrictedContainer,
        },
      ],
    },
  };
  await core().createNamespacedPod({ namespace, body });
}

export async function removePods(standIns: StandIn[]): Promise<void> {
  await Promise.all(
    standIns.map(({ name, namespace }) =>
      core().deleteNamespacedPod({ name, namespace, gracePeriodSeconds: 0 }),
    ),
  );
}
