/** Who may be on the other side of a connection that leaves the platform's pods. */
export type OutsidePeer = string | OutsidePods | CiliumEntity;

/** Pods of a namespace that is not ours; without labels all of it. */
export interface OutsidePods {
  namespace: string;
  pods?: Record<string, string> | undefined;
}

/** What Cilium knows by a name, and no address or label matches: the nodes, and the API server on them. */
export interface CiliumEntity {
  entity: (typeof ciliumEntities)[number];
}

export const ciliumEntities = ["kube-apiserver", "host", "remote-node"] as const;

export const isCiliumEntity = (peer: object | string): peer is CiliumEntity =>
  typeof peer === "object" && "entity" in peer;

/** The forms in which connections are opened: as NetworkPolicies, with Cilium's own beside them, or not at all. */
export const policyModes = ["standard", "cilium", "none"] as const;
export type PolicyMode = (typeof policyModes)[number];

interface Place {
  peers: OutsidePeer[];
  ports: number[];
}

/** The cluster around the platform, as its network sees it. */
export interface Surroundings {
  policies: PolicyMode;
  /** Who answers questions for names, and namespace and name of the Service that leads there. */
  dns: Place & { service: string };
  apiServer: Place;
  /** Whom webhook calls come from. */
  webhookCallers: OutsidePeer[];
}

/** The Service of the cluster's DNS, and the pods behind it, as most clusters have them. */
export const usualDns = {
  service: "kube-system/kube-dns",
  peers: [{ namespace: "kube-system", pods: { "k8s-app": "kube-dns" } }],
  ports: [53],
};

/** The API server's Service listens on the first, the servers behind it mostly on the second. */
export const usualApiServerPorts = [443, 6443];
