export const failoverName = "shlink-redis";
export const authSecret = `${failoverName}-auth`;
/** The key of the Secret that Redis includes into its configuration. */
export const authFile = "auth.conf";
export const sentinelAddress = { host: `rfs-${failoverName}.redis.svc`, port: 26379 };
/** The account of servers and sentinels, of which no pod gets a token. */
export const serversAccount = `${failoverName}-servers`;
/** Fixed in the operator's code. */
export const masterName = "mymaster";
/** The operator's ConfigMap with redis.conf. */
export const configMapName = `rfr-${failoverName}`;
