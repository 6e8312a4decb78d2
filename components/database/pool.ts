import type { Pool } from "./types.ts";

/**
 * How the pool finds the next primary. Meanwhile it refuses clients at once, so each second here is one more of failed
 * redirects; pgBouncer's defaults are 15 s each.
 */
export const failover = {
  /** Seconds until it asks again; it looks three times a second, which is why no smaller number is faster. */
  server_login_retry: "0.3",
  /** Seconds for one attempt: the address of a lost node answers nothing, not even a refusal. */
  server_connect_timeout: "2",
};

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
            ...failover,
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
