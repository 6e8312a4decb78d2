import type { KubeApi } from "./kube.ts";
import type { PodExec } from "./podExec.ts";
import type { ClusterStatus, PostgresCluster } from "./types.ts";

/** What every step of one reconciliation works with; steps write what they saw to `status`. */
export interface Context {
  readonly kube: KubeApi;
  readonly exec: PodExec;
  readonly env: NodeJS.ProcessEnv;
  /** The cluster's DNS domain with a trailing dot. */
  readonly domain: string;
  readonly log: (message: string) => void;
  readonly cluster: PostgresCluster;
  readonly status: ClusterStatus;
}
