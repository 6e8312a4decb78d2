import type { Facts, FactName, Job, Pod, Snapshot } from "../../../doctor/facts.ts";
import { collections } from "../../../doctor/observe/lists.ts";
import { definitionGroups } from "../../../platform/definitions.ts";
import { fewestFlows, flowsFor } from "../../../platform/flows.ts";
import { namespaceNames } from "../../../platform/namespaces.ts";
import { pgoKey, type WorkloadName, workloads } from "../../../platform/workloads.ts";
import { standardSpec } from "../../../components/network/restrict.ts";
import { closedRules, workloadRules } from "../../../components/network/rules.ts";
import { usualApiServerPorts, usualDns } from "../../../platform/surroundings.ts";
import { stackSettings } from "../../../plan/render.ts";

export const minutesAgo = (minutes: number) =>
  new Date(Date.now() - minutes * 60_000).toISOString();

/** A pod that has run for an hour. */
function pod(workload: WorkloadName, name: string, labels: Record<string, string> = {}): Pod {
  const { namespace, labels: own } = workloads[workload];
  const running = { running: { startedAt: minutesAgo(60) } };
  return {
    metadata: {
      name,
      namespace,
      labels: { ...own, ...labels },
      creationTimestamp: minutesAgo(60),
    },
    spec: { nodeName: "node", containers: [{ name: "main" }] },
    status: {
      phase: "Running",
      podIP: "10.0.0.1",
      conditions: [
        { type: "PodScheduled", status: "True" },
        { type: "Ready", status: "True" },
      ],
      containerStatuses: [{ name: "main", ready: true, state: running }],
    },
  };
}

const pods = () => [
  pod("istiod", "istiod-0"),
  pod("gateway", "gateway-0"),
  pod("vault", "vault-0"),
  pod("external-secrets", "external-secrets-0"),
  pod("external-secrets-webhook", "webhook-0"),
  pod("external-secrets-cert-controller", "cert-controller-0"),
  pod("pgo", "pgo-0"),
  pod("postgres", "pg-0", { [pgoKey("role")]: "master" }),
  pod("redis-operator", "operator-0"),
  pod("redis", "rfr-0", { "redisfailovers-role": "master" }),
  pod("redis", "rfr-1", { "redisfailovers-role": "slave" }),
  ...["rfs-0", "rfs-1", "rfs-2"].map((name) => pod("sentinel", name)),
  withSidecar(pod("shlink", "shlink-0")),
];

function withSidecar(one: Pod): Pod {
  return { ...one, spec: { ...one.spec!, initContainers: [{ name: "istio-proxy" }] } };
}

/** An object of a namespace. */
export const object = <Spec, Status = object>(
  namespace: string,
  name: string,
  spec: Spec,
  status?: Status,
) => ({ metadata: { namespace, name }, spec, ...(status === undefined ? {} : { status }) });

const deployment = (namespace: string, name: string, replicas: number) =>
  object(
    namespace,
    name,
    {
      replicas,
      template: { spec: { containers: [{ name, env: [] as { name: string; value?: string }[] }] } },
    },
    { readyReplicas: replicas },
  );

const sentinelHost = "tcp://rfs-shlink-redis.redis.svc:26379";

function shlinkDeployment() {
  const one = deployment("shlink", "shlink", 1);
  const sentinels = Array.from({ length: 3 }, () => sentinelHost).join();
  one.spec.template.spec.containers[0]!.env = [
    { name: "REDIS_SERVERS", value: sentinels },
    { name: "REDIS_SENTINEL_SERVICE", value: "mymaster" },
  ];
  return one;
}

const ready = () => ({
  conditions: [{ type: "Ready", status: "True" }],
  refreshTime: minutesAgo(1),
});

const synced = (namespace: string, name: string) =>
  object(namespace, name, { refreshInterval: "1m0s", target: { name } }, ready());

const store = (namespace: string) =>
  object(
    namespace,
    "vault-backend",
    { provider: { vault: { server: "http://vault.vault.svc:8200" } } },
    ready(),
  );

const endpoints = (namespace: string, service: string) => ({
  metadata: {
    namespace,
    name: `${service}-abc`,
    labels: { "kubernetes.io/service-name": service },
  },
  endpoints: [{ conditions: { ready: true } }],
});

/** The migration's Job, made an hour ago. */
export const migration = (status: Job["status"]): Job => ({
  metadata: { namespace: "shlink", name: "shlink-migration-1", creationTimestamp: minutesAgo(60) },
  spec: { template: { metadata: { labels: workloads["shlink-migration"].labels } } },
  status,
});

/** The policies that the program itself would make. */
function policies() {
  const flows = flowsFor(fewestFlows);
  const around = {
    policies: "standard" as const,
    dns: usualDns,
    apiServer: { peers: ["10.96.0.1/32"], ports: usualApiServerPorts },
    webhookCallers: ["10.96.0.1/32"],
  };
  const own = (Object.keys(workloads) as WorkloadName[]).map((name) => {
    const spec = standardSpec(workloadRules(name, flows, around));
    return object(workloads[name].namespace, name, spec as object);
  });
  const closed = namespaceNames(false).map((namespace) =>
    object(namespace, "closed", standardSpec(closedRules(around)) as object),
  );
  return [...own, ...closed];
}

const route = {
  hosts: ["shlink.local"],
  gateways: ["shlink-gateway"],
  http: [
    {
      route: [{ destination: { host: "shlink.shlink.svc.cluster.local", port: { number: 8080 } } }],
    },
  ],
};

const page = "admin.shlink.local";

const gateway = { servers: [{ port: { number: 80 }, hosts: ["shlink.local", page] }] };

const allowed = {
  selector: { matchLabels: workloads.shlink.labels },
  action: "ALLOW",
  rules: [
    {
      from: [
        { source: { principals: ["cluster.local/ns/istio-ingress/sa/istio-ingressgateway"] } },
      ],
      to: [{ operation: { methods: ["GET", "HEAD"], notPaths: ["/rest", "/rest/*"] } }],
    },
  ],
};

const shlinkHost = "shlink.shlink.svc.cluster.local";

/** A group has more kinds than the doctor reads. */
const definitionsOf = (group: string) => [
  `things.${group}`,
  ...collections
    .filter(({ api }) => api.split("/")[1] === group)
    .map(({ resource }) => `${resource}.${group}`),
];

/** What is in a cluster in which all is well. */
function objects() {
  return {
    settings: stackSettings("dev"),
    others: [],
    outside: [],
    nodes: [{ metadata: { name: "node" }, status: { conditions: ready().conditions } }],
    namespaces: namespaceNames(false).map((name) => ({
      metadata: { name, labels: { "istio-injection": "enabled" } },
    })),
    unserved: [],
    definitions: Object.values(definitionGroups).flat().flatMap(definitionsOf),
    pods: pods(),
    services: [
      { ...object("shlink", "shlink", { ports: [{ port: 8080 }] }) },
      object("redis", "rfs-shlink-redis", {}),
      object("istio-ingress", "istio-ingressgateway", {}),
      object("kube-system", "kube-dns", {}),
    ],
    endpointSlices: [
      endpoints("shlink", "shlink"),
      endpoints("kube-system", "kube-dns"),
      endpoints("istio-ingress", "istio-ingressgateway"),
    ],
    deployments: [shlinkDeployment()],
    statefulSets: [deployment("vault", "vault", 1)],
    jobs: [migration({ succeeded: 1 })],
    cronJobs: [],
    claims: [object("vault", "data-vault-0", {}, { phase: "Bound" })],
    events: [],
    networkPolicies: policies() as Facts["networkPolicies"],
  };
}

function resources() {
  return {
    ciliumPolicies: [],
    secretStores: ["postgres", "redis", "shlink"].map(store),
    externalSecrets: [
      synced("postgres", "shlink-db-pguser-shlink"),
      synced("redis", "shlink-redis-auth"),
      synced("shlink", "shlink-secrets"),
    ],
    postgresClusters: [
      object("postgres", "shlink-db", { postgresVersion: 15, instances: [{ replicas: 1 }] }),
    ],
    redisFailovers: [
      object("redis", "shlink-redis", { redis: { replicas: 2 }, sentinel: { replicas: 3 } }),
    ],
    gateways: [
      object("shlink", "shlink-gateway", { selector: workloads.gateway.labels, ...gateway }),
    ],
    otherGateways: [],
    virtualServices: [
      object("shlink", "shlink-virtualservice", route),
      object("shlink", "web-client", { ...route, hosts: [page] }),
    ],
    destinationRules: [
      object("shlink", "shlink-destination", {
        host: shlinkHost,
        trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } },
      }),
    ],
    peerAuthentications: [object("shlink", "shlink-mtls", { mtls: { mode: "STRICT" } })],
    authorizationPolicies: [object("shlink", "shlink-authz", allowed)],
  };
}

const answers = () => ({
  server: { address: "https://api", version: "v1.35.0", seconds: 0.05 },
  now: Date.now(),
  vaultServers: [
    { pod: "vault-0", scheme: "http" as const, initialised: true, sealed: false, active: true },
  ],
  userSecrets: [
    {
      name: "shlink-db-pguser-shlink",
      labels: Object.fromEntries(["cluster", "role", "pguser"].map((key) => [pgoKey(key), "x"])),
      verifierFits: true,
      serverAgrees: true,
      shlinkAgrees: true,
    },
  ],
  authorizers: [],
  certificates: [],
  symptoms: [],
  database: { mayCreate: true },
  sentinel: { master: "10.0.0.1" },
  disks: [{ namespace: "vault", pod: "vault-0", folder: "/vault/data", usedPercent: 10 }],
  visits: [{ host: "shlink.local", path: "/robots.txt", status: 200 }],
});

/** Fresh for each call, so that a test may change it. */
export const healthyFacts = (): Facts =>
  JSON.parse(JSON.stringify({ ...objects(), ...resources(), ...answers() })) as Facts;

export const snapshotOf = (facts: Facts): Snapshot =>
  Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, { known: true, value: value as unknown }]),
  ) as unknown as Snapshot;

/** The same snapshot in which some facts could not be seen. */
export const without = (snapshot: Snapshot, names: readonly FactName[], why: string): Snapshot => ({
  ...snapshot,
  ...Object.fromEntries(names.map((name) => [name, { known: false, why }])),
});
