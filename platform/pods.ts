export const seccompProfile = { type: "RuntimeDefault" };

/** The security settings that Pod Security `restricted` asks for, for a pod of ours. */
export const restrictedPod = (uid: number) => ({
  runAsNonRoot: true,
  runAsUser: uid,
  runAsGroup: uid,
  fsGroup: uid,
  seccompProfile,
});

export const restrictedContainer = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

const topologyKeys = { node: "kubernetes.io/hostname", zone: "topology.kubernetes.io/zone" };

/** A constraint that keeps pods with these labels apart: always, or as far as there are nodes or zones. */
export const spread = (
  over: keyof typeof topologyKeys,
  whenUnsatisfiable: "DoNotSchedule" | "ScheduleAnyway",
  matchLabels: Record<string, string>,
) => ({
  maxSkew: 1,
  topologyKey: topologyKeys[over],
  whenUnsatisfiable,
  labelSelector: { matchLabels },
});
