import type { KubeApi } from "./kube.ts";
import type { PodExec } from "./pod-exec.ts";
import type { ClusterStatus, PostgresCluster } from "./types.ts";

/** What every step of one reconciliation works with; steps write what they saw to `status`. */
export interface Context {
  kube: KubeApi;
  exec: PodExec;
  env: NodeJS.ProcessEnv;
  /** The cluster's DNS domain with a trailing dot. */
  domain: string;
  log: (message: string) => void;
  cluster: PostgresCluster;
  status: ClusterStatus;
}
