import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { token } from "../../platform/project.ts";
import {
  type Requests,
  parseQuantity,
  formatCores,
  formatMemory,
} from "../../platform/quantity.ts";
import { mostReplicas } from "../../platform/workers.ts";
import type { Settings } from "../../settings/index.ts";
import type { NamespacesOf } from "../namespaces/index.ts";

/** Where ordinary workloads run. */
type Limited = "istio-ingress" | "vault" | "postgres" | "redis" | "shlink";

/** The settings from which sizes follow. */
export interface LimitsArgs extends Pick<
  Settings,
  "mesh" | "vault" | "database" | "redis" | "shlink" | "webClient"
> {
  /** The namespaces that get limits; those of parts that the cluster has already are absent. */
  namespaces: Partial<NamespacesOf<Limited>>;
}

/** Pods that a healthy stack runs, and what the main container of each asks for. */
interface Pods {
  count: number;
  requests: Requests;
}

/** The requests of a container that states none. There is no default limit: it would kill what it was not made for. */
const fallback: Requests = { cpu: "10m", memory: "32Mi" };
/** Containers beside the main one: a proxy, an exporter, PGO's five. */
const companions = 6;
/** Pods that come and go: bootstrap, unsealer, backups, restores. */
const helpers = 6;
/** The gateway's chart scales up to this many. */
const gatewayMaximum = 5;

const small = (count: number): Pods => ({ count, requests: fallback });

/** What runs in each namespace. */
function table({
  mesh,
  vault,
  database,
  redis,
  shlink,
  webClient,
}: LimitsArgs): [Limited, Pods[]][] {
  const gateways =
    mesh.mode === "existing"
      ? []
      : [{ ...mesh.gateway, count: Math.max(mesh.gateway.replicas, gatewayMaximum) }];
  const pages = webClient.mode === "none" ? [] : [{ ...webClient, count: webClient.replicas }];
  return [
    ["istio-ingress", gateways],
    ["vault", vault.mode === "install" ? [{ ...vault, count: vault.replicas }] : []],
    ["postgres", databasePods(database)],
    ["redis", redisPods(redis)],
    // One more, for the migration.
    ["shlink", [{ ...shlink, count: mostReplicas(shlink) + 1 }, ...pages]],
  ];
}

function databasePods(database: LimitsArgs["database"]): Pods[] {
  if (database.mode === "outside") return [];
  const pools = database.pgBouncer.mode === "none" ? 0 : database.pgBouncer.replicas;
  return [{ ...database, count: database.instances }, small(pools)];
}

const redisPods = (redis: LimitsArgs["redis"]): Pods[] =>
  redis.mode === "outside" ? [] : [{ ...redis, count: redis.replicas }, small(redis.sentinels)];

/** Keeps a namespace that goes wild from taking the cluster: a quota, and default requests for containers without any. */
export class Limits extends pulumi.ComponentResource {
  constructor(name: string, args: LimitsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("Limits"), name, {}, opts);
    for (const [namespace, pods] of table(args)) {
      const place = args.namespaces[namespace];
      if (place === undefined) continue;
      const metadata = { name: "default", namespace: place };
      const parent = { parent: this };
      const range = new k8s.core.v1.LimitRange(
        `${namespace}-range`,
        { metadata, spec: { limits: [{ type: "Container", defaultRequest: fallback }] } },
        parent,
      );
      // A quota of requests refuses whoever makes none.
      new k8s.core.v1.ResourceQuota(
        `${namespace}-quota`,
        { metadata, spec: { hard: quota(pods, namespace === "istio-ingress") } },
        { ...parent, dependsOn: range },
      );
    }
    this.registerOutputs({});
  }
}

/**
 * Twice of everything, so that a rollout or a failover may replace all at once; and the helpers. Only visitors'
 * namespace may be reached from outside of the cluster.
 */
export function quota(pods: Pods[], exposed: boolean): Record<string, string> {
  const count = pods.reduce((sum, one) => sum + one.count, 0);
  const sum = (resource: keyof Requests) => {
    const beside = companions * parseQuantity(fallback[resource]);
    const main = pods.reduce(
      (total, one) => total + one.count * parseQuantity(one.requests[resource]),
      0,
    );
    return 2 * (main + count * beside) + helpers * beside;
  };
  return {
    pods: `${2 * count + helpers}`,
    "requests.cpu": formatCores(sum("cpu")),
    "requests.memory": formatMemory(sum("memory")),
    ...(exposed ? {} : { "services.loadbalancers": "0", "services.nodeports": "0" }),
  };
}
