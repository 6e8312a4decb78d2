/** Where the mesh's node agent is to find its way on the nodes. */
export interface NodeAgent {
  /** What Istio's charts are told of the platform; absent: nothing. */
  platform?: string | undefined;
  /** Whether the settings name the folders of network plugins themselves. */
  ownFolders: boolean;
}

/** What distributions of Kubernetes write into their version, and what their nodes ask of the agent. */
const distributions = [
  {
    version: /-gke\./,
    platforms: ["gke"],
    why: "GKE refuses its system-critical pods outside of kube-system unless a quota names them",
    foldersSuffice: false,
  },
  {
    version: /\+k3s/,
    platforms: ["k3s", "k3d"],
    why: "k3s has the network plugins in folders of its own",
    foldersSuffice: true,
  },
];

/** Says in one sentence what the node agent lacks on a cluster of this version; undefined where it lacks nothing. */
export function agentObstacle(
  version: string,
  agent: NodeAgent | undefined,
  context: string,
): string | undefined {
  const found = distributions.find((one) => one.version.test(version));
  if (agent === undefined || found === undefined) return undefined;
  const { platforms, why, foldersSuffice } = found;
  if (platforms.includes(agent.platform ?? "") || (foldersSuffice && agent.ownFolders))
    return undefined;
  return (
    `Istio's node agent cannot work in context ${context} (Kubernetes ${version}) as mesh.platform is set: ${why}; ` +
    `set mesh.platform to ${platforms.join(" or ")}, or mesh.cni to false.`
  );
}
