import { workloads } from "../../platform/workloads.ts";
import { parseMebibytes } from "../../platform/quantity.ts";
import { images } from "../../platform/images.ts";
import { restrictedContainer, restrictedPod, spread } from "../../platform/pods.ts";
import { authFile, authSecret, serversAccount } from "./names.ts";
import { authFolder } from "./redaction.ts";
import type { Settings } from "../../settings/index.ts";

type RedisSettings = Omit<Extract<Settings["redis"], { mode: "operator" }>, "mode">;

export interface FailoverArgs extends RedisSettings {
  /** Run an exporter of metrics beside every server and every sentinel. */
  metrics: boolean;
}

export const failoverSpec = (args: FailoverArgs) => ({
  auth: { secretPath: authSecret },
  sentinel: sentinelSpec(args),
  redis: serverSpec(args),
});

const podSpec = ({ version, metrics }: FailoverArgs) => ({
  image: images[`redis${version}`],
  imagePullPolicy: "IfNotPresent",
  serviceAccountName: serversAccount,
  securityContext: restrictedPod(1000),
  ...(metrics ? { exporter } : {}),
});

const sentinelSpec = (args: FailoverArgs) => ({
  ...podSpec(args),
  replicas: args.sentinels,
  ...placement("sentinel", args.sentinels),
  resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "64Mi" } },
  customConfig: ["down-after-milliseconds 5000", "failover-timeout 10000"],
});

function serverSpec(args: FailoverArgs) {
  const { replicas, memory } = args;
  const items = [{ key: authFile, path: authFile }];
  return {
    ...podSpec(args),
    replicas,
    ...placement("redis", replicas),
    resources: { requests: requestsOf(args), limits: { memory } },
    customConfig: [`maxmemory ${maxMemoryMiB(memory)}mb`, `maxmemory-policy ${eviction}`],
    extraVolumes: [{ name: "auth", secret: { secretName: authSecret, items } }],
    extraVolumeMounts: [{ name: "auth", mountPath: authFolder, readOnly: true }],
  };
}

/**
 * Freshworks' operator 3.3 refuses a `maxmemory` above 90 % of the memory that is asked for, and makes no server then: with
 * it a server asks for its whole limit.
 */
const requestsOf = ({ operator, requests, memory }: RedisSettings) =>
  operator === "freshworks" ? { ...requests, memory } : requests;

/**
 * Of Shlink's keys only locks expire; what it caches, Doctrine's metadata, has no lifetime. Every policy that
 * looks at the expiry would evict locks and nothing else. A lock is used while it is held: it goes last.
 */
const eviction = "allkeys-lru";

/**
 * Soft, unlike PostgreSQL's: the operator heals nothing while a single pod waits for a node. It keeps pods off
 * each other's node by itself, and leaves zones to us.
 */
const placement = (component: "redis" | "sentinel", replicas: number) =>
  replicas === 1
    ? {}
    : {
        topologySpreadConstraints: [spread("zone", "ScheduleAnyway", workloads[component].labels)],
      };

/** The operator gives it the address and the password, and the name `metrics` to its port. */
const exporter = {
  enabled: true,
  image: images.redisExporter,
  imagePullPolicy: "IfNotPresent",
  resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "64Mi" } },
  containerSecurityContext: restrictedContainer,
};

/** Three quarters of the limit, the rest is for replication buffers. */
export function maxMemoryMiB(memory: string): number {
  return Math.floor(parseMebibytes(memory) * 0.75);
}
