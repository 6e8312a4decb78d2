import type { Requests } from "../mesh.ts";
import { images } from "../images.ts";
import { mebibytes } from "../memory.ts";
import { restrictedPod } from "../security.ts";
import { authFile, authSecret } from "./names.ts";
import { authFolder } from "./redaction.ts";

export interface FailoverArgs {
  /** Redis servers; one of them is the master. */
  replicas: number;
  /** Sentinels, an odd number: two of them have to agree on a failover. */
  sentinels: number;
  requests: Requests;
  /** Memory limit of one Redis, in Mi or Gi. */
  memory: string;
}

export function failoverSpec({ replicas, sentinels, requests, memory }: FailoverArgs) {
  const pod = {
    image: images.redis,
    imagePullPolicy: "IfNotPresent",
    securityContext: restrictedPod(1000),
  };
  return {
    auth: { secretPath: authSecret },
    sentinel: {
      ...pod,
      replicas: sentinels,
      resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "64Mi" } },
      customConfig: ["down-after-milliseconds 5000", "failover-timeout 10000"],
    },
    redis: {
      ...pod,
      replicas,
      resources: { requests, limits: { memory } },
      // Locks and cache: evict what expires soonest, and leave room for replication buffers.
      customConfig: [`maxmemory ${maxMemoryMiB(memory)}mb`, "maxmemory-policy volatile-ttl"],
      extraVolumes: [
        {
          name: "auth",
          secret: { secretName: authSecret, items: [{ key: authFile, path: authFile }] },
        },
      ],
      extraVolumeMounts: [{ name: "auth", mountPath: authFolder, readOnly: true }],
    },
  };
}

/** Three quarters of the limit. */
export function maxMemoryMiB(memory: string): number {
  return Math.floor(mebibytes(memory) * 0.75);
}
