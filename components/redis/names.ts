import { failoverName, workloads } from "../../platform/workloads.ts";

export const authSecret = `${failoverName}-auth`;
/** The key of the Secret that Redis includes into its configuration. */
export const authFile = "auth.conf";
/** The operator makes this Service for the sentinels. */
export const sentinelAddress = (namespace: string) => ({
  host: `rfs-${failoverName}.${namespace}.svc`,
  port: workloads.sentinel.ports.sentinel,
});
/** The account of servers and sentinels, of which no pod gets a token. */
export const serversAccount = `${failoverName}-servers`;
/** The operator knows no other name for the master. */
export const masterName = "mymaster";
/** The operator keeps redis.conf in this ConfigMap. */
export const configMapName = `rfr-${failoverName}`;
