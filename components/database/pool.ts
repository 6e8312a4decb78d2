import type { Pool } from "./types.ts";

/** Seconds until the pool asks again for a primary that was not there; pgBouncer's default is 15, which visitors wait after a failover. */
export const loginRetrySeconds = 1;

/** PGO signs its certificate for the names of its own Service, with the authority of the servers. */
export function proxySpec(pool: Pool): object {
  if (pool.mode === "none") return {};
  return {
    proxy: {
      pgBouncer: {
        replicas: pool.replicas,
        resources: { requests: { cpu: "50m", memory: "32Mi" } },
        config: {
          global: {
            // PHP prepares a statement in one call and runs it in the next: other modes may change servers in between.
            pool_mode: pool.mode,
            server_login_retry: String(loginRetrySeconds),
          },
        },
      },
    },
  };
}

export const poolReady = (pool: Pool): string[] =>
  pool.mode === "none" ? [] : [`jsonpath={.status.proxy.pgBouncer.readyReplicas}=${pool.replicas}`];

/** The Service for clients: the primary's, or the pool's in front of it. */
export const serviceName = (cluster: string, pool: Pool): string =>
  pool.mode === "none" ? `${cluster}-primary` : `${cluster}-pgbouncer`;
