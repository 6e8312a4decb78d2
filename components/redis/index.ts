import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { token } from "../../platform/project.ts";
import {
  charts as chartPins,
  type ChartSource,
  type RedisOperator,
  redisOperators,
} from "../../platform/charts.ts";
import { installChart } from "../chart/index.ts";
import { workloads, failoverName } from "../../platform/workloads.ts";
import { restrictedContainer } from "../../platform/pods.ts";
import { SecretReader, type SecretsOperator } from "../external-secrets/reader.ts";
import { type SecretsHome, VaultSecret } from "../vault/secret.ts";
import type { RedisConnection } from "./connection.ts";
import { type FailoverArgs, failoverSpec } from "./failover.ts";
import { authFile, authSecret, masterName, sentinelAddress, serversAccount } from "./names.ts";
import { readyPod } from "./ready.ts";
import { authConf, type MutatingAdmission, redact } from "./redaction.ts";
import { having, type NamespacesOf } from "../namespaces/index.ts";
import { OutsideRedis, type OutsideRedisArgs } from "./outside.ts";

interface RedisArgs extends FailoverArgs {
  charts: ChartSource;
  operator: RedisOperator;
  /** Without a namespace here the operator is somebody else's. */
  namespaces: NamespacesOf<"redis"> & Partial<NamespacesOf<"redis-operator">>;
  vault: SecretsHome;
  externalSecrets: SecretsOperator;
  /** How often the password is read from Vault again, as a Go duration. */
  refreshInterval: string;
  /** API version in which the cluster has mutating admission policies, or `none`. */
  mutatingAdmission: MutatingAdmission;
}

/** The type and the name under which stacks of version 0.1 have this component. */
const former = { type: token("Cache"), name: "cache" };

/** Freshworks' chart 3.3.4 names the image tag v1.3.0, which was never pushed; the releases have the chart's version. */
const operatorImage = {
  spotahome: {},
  freshworks: { image: { tag: `v${chartPins.freshworksRedisOperator.version}` } },
};

/** The chart has no place for a pod's settings. */
const operatorContext = {
  runAsNonRoot: true,
  runAsUser: 1000,
  seccompProfile: { type: "RuntimeDefault" },
};

type OwnRedis = Omit<RedisArgs, "namespaces"> & {
  mode: "operator";
  namespaces: Partial<RedisArgs["namespaces"]>;
};

/** Redis: the stack's own, or somebody else's with the password that its owner gave. */
export function createRedis(
  { password, ...args }: (OwnRedis | OutsideRedisArgs) & Pick<OutsideRedisArgs, "password">,
  opts: pulumi.ComponentResourceOptions,
) {
  if (args.mode === "outside") return new OutsideRedis("redis", { ...args, password }, opts);
  const namespaces = { ...args.namespaces, ...having(args.namespaces, "redis") };
  return new Redis("redis", { ...args, namespaces }, opts);
}

/** Redis with Sentinel by Spotahome's operator or its fork: both have the same resources, names and values. */
class Redis extends pulumi.ComponentResource {
  readonly connection: RedisConnection;
  /** A child whose name begins with its parent's would be looked for under the former parent's name. */
  readonly #options: pulumi.CustomResourceOptions;

  constructor(name: string, args: RedisArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("Redis"), name, {}, pulumi.mergeOptions(opts, { aliases: [former] }));
    this.#options = { parent: this, aliases: [{ parent: this }] };
    const operator = this.#operator(args);
    const credentials = this.#credentials(args.vault);
    const auth = this.#auth(args, credentials);
    const redaction = redact(args.mutatingAdmission, args.namespaces.redis, this.#options);
    const account = this.#account(args);
    const failover = this.#failover(args, [...operator, auth, account, ...redaction]);
    this.#servers(args);
    this.#ready(args, failover);
    const sentinels = pulumi.output<string>(args.namespaces.redis).apply((namespace) => {
      const { host, port } = sentinelAddress(namespace);
      return [`${host}:${port}`];
    });
    this.connection = {
      mode: "sentinel",
      sentinels,
      master: masterName,
      credentials,
    };
    this.registerOutputs({ sentinels });
  }

  #operator({ charts, operator, namespaces }: RedisArgs): k8s.helm.v3.Release[] {
    const namespace = namespaces["redis-operator"];
    if (namespace === undefined) return [];
    const release = installChart(
      {
        chart: redisOperators[operator],
        source: charts,
        namespace,
        values: {
          ...operatorImage[operator],
          resources: { requests: { cpu: "10m", memory: "32Mi" } },
          securityContext: { ...restrictedContainer, ...operatorContext },
        },
      },
      this.#options,
    );
    return [release];
  }

  /** The operator writes it into redis.conf without quotes: letters and digits only. */
  #credentials(vault: SecretsHome): VaultSecret {
    const settings = { length: 32, special: false, minLower: 1 };
    const password = new random.RandomPassword("redis-password", settings, this.#options);
    return new VaultSecret(
      "redis-shlink",
      { vault, path: "redis/shlink", values: { password: password.result } },
      { parent: this },
    );
  }

  #auth(
    { namespaces, vault, externalSecrets: operator, refreshInterval }: RedisArgs,
    credentials: VaultSecret,
  ): pulumi.Resource {
    const target = {
      name: authSecret,
      syncName: "redis-auth",
      keys: { password: { secret: credentials, property: "password" } },
      templates: { [authFile]: authConf },
    };
    const reader = new SecretReader(
      "external-secrets-redis",
      { namespace: namespaces.redis, vault, operator, refreshInterval, target },
      this.#options,
    );
    return reader.synced;
  }

  /** This account stands in for the namespace's default one, whose token the servers' pods would mount. */
  #account({ namespaces: { redis: namespace } }: RedisArgs): k8s.core.v1.ServiceAccount {
    return new k8s.core.v1.ServiceAccount(
      "redis-account",
      { metadata: { name: serversAccount, namespace }, automountServiceAccountToken: false },
      this.#options,
    );
  }

  #failover(args: RedisArgs, dependsOn: pulumi.Resource[]): k8s.apiextensions.CustomResource {
    return new k8s.apiextensions.CustomResource(
      failoverName,
      {
        apiVersion: "databases.spotahome.com/v1",
        kind: "RedisFailover",
        metadata: { name: failoverName, namespace: args.namespaces.redis },
        spec: failoverSpec(args),
      },
      { ...this.#options, dependsOn },
    );
  }

  /**
   * Sentinels name the master by its pod's address, and the operator's own Service lists no port of Redis: a
   * sidecar would take that address for a stranger's. A server that is not ready yet may be the next master.
   */
  #servers({ namespaces: { redis: namespace } }: RedisArgs): void {
    new k8s.core.v1.Service(
      "redis-servers",
      { metadata: { name: `${failoverName}-servers`, namespace }, spec: serversSpec },
      this.#options,
    );
  }

  /** The resource has no status, and ready pods prove nothing: ask Redis itself. */
  #ready(
    { namespaces: { redis: namespace }, ...servers }: RedisArgs,
    failover: pulumi.Resource,
  ): void {
    new k8s.batch.v1.Job(
      "redis-ready",
      {
        metadata: { namespace },
        spec: {
          backoffLimit: 0,
          template: {
            metadata: { labels: workloads["redis-ready"].labels },
            spec: readyPod(servers, namespace),
          },
        },
      },
      { ...this.#options, dependsOn: failover, customTimeouts: { create: "10m" } },
    );
  }
}

const { labels, ports } = workloads.redis;
const serversSpec = {
  clusterIP: "None",
  publishNotReadyAddresses: true,
  selector: labels,
  ports: [{ name: "tcp-redis", port: ports.redis, targetPort: ports.redis }],
};
