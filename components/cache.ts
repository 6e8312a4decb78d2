import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { release, type ChartSource } from "./charts.ts";
import { images } from "./images.ts";
import { mebibytes } from "./memory.ts";
import type { Requests } from "./mesh.ts";
import { restrictedContainer, restrictedPod } from "./security.ts";
import { SecretReader } from "./secrets.ts";
import type { VaultAccess, VaultSecret } from "./vault/access.ts";

export interface CacheArgs {
  charts: ChartSource;
  operatorNamespace: pulumi.Input<string>;
  namespace: pulumi.Input<string>;
  vault: VaultAccess;
  /** How often the password is read from Vault again, as a Go duration. */
  refreshInterval: string;
  /** Redis servers; one of them is the master. */
  replicas: number;
  /** Sentinels, an odd number: two of them have to agree on a failover. */
  sentinels: number;
  requests: Requests;
  /** Memory limit of one Redis, in Mi or Gi. */
  memory: string;
}

/** How to reach Redis through its sentinels, and where the password lies. */
export interface SentinelConnection {
  /** `host:port` of the sentinels' Service. */
  sentinels: string;
  /** Name under which the sentinels know the master. */
  master: string;
  /** Its property `password` is that of the servers; the sentinels have none. */
  credentials: VaultSecret;
}

const failoverName = "shlink-redis";
const authSecret = `${failoverName}-auth`;
const sentinelAddress = { host: `rfs-${failoverName}.redis.svc`, port: 26379 };
/** Fixed in the operator's code. */
const masterName = "mymaster";

/** The chart has no place for a pod's settings. */
const operatorContext = {
  runAsNonRoot: true,
  runAsUser: 1000,
  seccompProfile: { type: "RuntimeDefault" },
};

/** Redis with Sentinel by the Spotahome operator. */
export class Cache extends pulumi.ComponentResource {
  readonly connection: SentinelConnection;

  constructor(name: string, args: CacheArgs, opts?: pulumi.ComponentResourceOptions) {
    super("shlink-platform:index:Cache", name, {}, opts);
    const operator = this.#operator(args);
    const credentials = this.#credentials(args.vault);
    const auth = this.#auth(args, credentials);
    const failover = this.#failover(args, [operator, auth]);
    this.#servers(args);
    this.#ready(args, failover);
    const sentinels = `${sentinelAddress.host}:${sentinelAddress.port}`;
    this.connection = { sentinels, master: masterName, credentials };
    this.registerOutputs({ sentinels });
  }

  #operator({ charts, operatorNamespace: namespace }: CacheArgs): k8s.helm.v3.Release {
    return release(
      "redis-operator",
      {
        chart: "redisOperator",
        source: charts,
        namespace,
        values: {
          resources: { requests: { cpu: "10m", memory: "32Mi" } },
          securityContext: { ...restrictedContainer, ...operatorContext },
        },
      },
      { parent: this },
    );
  }

  /** The operator writes it into redis.conf without quotes: letters and digits only. */
  #credentials(vault: VaultAccess): VaultSecret {
    const settings = { length: 32, special: false, minLower: 1 };
    const password = new random.RandomPassword("redis-password", settings, { parent: this });
    return vault.write("redis/shlink", { password: password.result });
  }

  #auth(
    { namespace, vault, refreshInterval }: CacheArgs,
    credentials: VaultSecret,
  ): pulumi.Resource {
    const reader = new SecretReader(
      "external-secrets-redis",
      { namespace, vault, paths: [credentials.path], refreshInterval },
      { parent: this },
    );
    const keys = { password: { secret: credentials, property: "password" } };
    return reader.sync("redis-auth", { name: authSecret, creationPolicy: "Owner", keys });
  }

  #failover(args: CacheArgs, dependsOn: pulumi.Resource[]): k8s.apiextensions.CustomResource {
    return new k8s.apiextensions.CustomResource(
      failoverName,
      {
        apiVersion: "databases.spotahome.com/v1",
        kind: "RedisFailover",
        metadata: { name: failoverName, namespace: args.namespace },
        spec: failoverSpec(args),
      },
      { parent: this, dependsOn },
    );
  }

  /**
   * Sentinels name the master by its pod's address, and the operator's own Service lists no port of Redis: a
   * sidecar would take that address for a stranger's. A server that is not ready yet may be the next master.
   */
  #servers({ namespace }: CacheArgs): void {
    new k8s.core.v1.Service(
      "redis-servers",
      { metadata: { name: `${failoverName}-servers`, namespace }, spec: serversSpec },
      { parent: this },
    );
  }

  /** The resource has no status, and ready pods prove nothing: ask Redis itself. */
  #ready({ namespace, replicas }: CacheArgs, failover: pulumi.Resource): void {
    new k8s.batch.v1.Job(
      "redis-ready",
      {
        metadata: { namespace },
        spec: {
          backoffLimit: 0,
          template: { metadata: { labels: { app: "redis-ready" } }, spec: readyPod(replicas) },
        },
      },
      { parent: this, dependsOn: failover, customTimeouts: { create: "10m" } },
    );
  }
}

const serversSpec = {
  clusterIP: "None",
  publishNotReadyAddresses: true,
  // The labels that the operator gives to the pods of Redis.
  selector: {
    "app.kubernetes.io/part-of": "redis-failover",
    "app.kubernetes.io/name": failoverName,
    "app.kubernetes.io/component": "redis",
  },
  ports: [{ name: "tcp-redis", port: 6379, targetPort: 6379 }],
};

export function failoverSpec({ replicas, sentinels, requests, memory }: CacheArgs) {
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
    },
  };
}

/** Three quarters of the limit. */
export function maxMemoryMiB(memory: string): number {
  return Math.floor(mebibytes(memory) * 0.75);
}

/** Succeeds once the sentinels name a master that takes the password and has all its replicas attached. */
export function readinessScript(replicas: number): string {
  const { host, port } = sentinelAddress;
  return `for attempt in $(seq 300); do
  master=$(redis-cli -h ${host} -p ${port} sentinel get-master-addr-by-name ${masterName} 2>/dev/null | head -n 1)
  attached=$(redis-cli -h "$master" info replication 2>/dev/null | grep -c 'state=online')
  [ "$attached" -ge ${replicas - 1} ] && redis-cli -h "$master" ping 2>/dev/null | grep -q PONG && exit 0
  [ $((attempt % 10)) -eq 0 ] && echo "master: \${master:-none}, replicas attached: $attached of ${replicas - 1}"
  sleep 1
done
echo "Redis has no working master after 5 minutes; look at: kubectl -n redis get pods" && exit 1`;
}

function readyPod(replicas: number): k8s.types.input.core.v1.PodSpec {
  return {
    restartPolicy: "Never",
    automountServiceAccountToken: false,
    securityContext: restrictedPod(1000),
    containers: [
      {
        name: "ready",
        image: images.redis,
        imagePullPolicy: "IfNotPresent",
        command: ["sh", "-c", readinessScript(replicas)],
        // redis-cli takes the password from here, so that it is in no process's arguments.
        env: [
          {
            name: "REDISCLI_AUTH",
            valueFrom: { secretKeyRef: { name: authSecret, key: "password" } },
          },
        ],
        terminationMessagePolicy: "FallbackToLogsOnError",
        resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "64Mi" } },
        securityContext: restrictedContainer,
      },
    ],
  };
}
