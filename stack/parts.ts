import type { DemandedMesh } from "../effects/mesh.ts";
import type { DemandedPart } from "../effects/parts.ts";
import type { DemandedApi } from "../effects/survey.ts";
import type { Elsewhere } from "../platform/flows.ts";
import { type PartName, namespacesOf } from "../platform/parts.ts";
import { type WorkloadName, workloads } from "../platform/workloads.ts";
import type { NamespaceName } from "../platform/namespaces.ts";
import { isOutside } from "../platform/stores.ts";
import type { Settings } from "../settings/index.ts";

/** The operators that a cluster may have already. */
const operators = ["externalSecrets", "postgresOperator", "redisOperator"] as const;
type Operator = (typeof operators)[number];

/** The parts of which the settings say that they are not this stack's: the cluster has them, or nobody does. */
export const existingParts = (settings: Settings): PartName[] =>
  (["vault", "mesh", ...operators] as const).filter(
    (part) =>
      settings[part].mode !== "install" ||
      (part === "externalSecrets" && settings.vault.mode === "none"),
  );

/** Where the data lies, as the two modes say. */
interface Stores {
  database: { mode: string };
  redis: { mode: string };
}

/** The parts that nobody needs, for others run what they would make. */
export const needlessParts = ({ database, redis }: Stores): PartName[] => [
  ...(isOutside(database) ? (["postgresOperator"] as const) : []),
  ...(isOutside(redis) ? (["redisOperator"] as const) : []),
];

/** The parts that the stack does not install. */
export const absentParts = (settings: Settings): PartName[] => [
  ...existingParts(settings),
  ...needlessParts(settings),
];

/**
 * The namespaces that nobody needs where others have the data. The database's own stays: what makes Shlink's account in a
 * database of others runs there, with the administrator's login.
 */
export const needlessNamespaces = (stores: Stores): NamespaceName[] => [
  ...namespacesOf(needlessParts(stores)),
  ...(isOutside(stores.redis) ? (["redis"] as const) : []),
];

/** The namespaces that the stack does not make. */
export const absentNamespaces = (settings: Settings): NamespaceName[] => [
  ...namespacesOf(existingParts(settings)),
  ...needlessNamespaces(settings),
];

/** The namespaces in which there is nothing of the stack to watch. */
export const unwatched = (settings: Settings): NamespaceName[] => [
  ...absentNamespaces(settings),
  ...(isOutside(settings.database) ? (["postgres"] as const) : []),
];

/** Pods of servers that others run, or nobody. */
export const absentServers = ({ database, redis }: Stores): WorkloadName[] => [
  ...(isOutside(database) ? (["postgres", "pgbouncer", "pgbackrest"] as const) : []),
  ...(isOutside(redis) ? (["redis", "sentinel", "redis-ready"] as const) : []),
];

/** The namespaces in which an operator has to work for us. */
const watched: Record<Operator, NamespaceName[]> = {
  externalSecrets: ["postgres", "redis", "shlink"],
  postgresOperator: ["postgres"],
  redisOperator: ["redis"],
};

/** Where each of them has to run. */
export const demandedParts = (settings: Settings): DemandedPart[] =>
  operators.flatMap((part) => {
    const one = settings[part];
    if (one.mode === "install") return [];
    const gone = absentNamespaces(settings);
    const places = watched[part].filter((place) => !gone.includes(place));
    return [{ part, namespace: one.namespace, pods: one.pods, watched: places }];
  });

/** What Shlink relies on of a mesh that is not this stack's; absent: it is. */
export function demandedMesh({ mesh, routing }: Settings): DemandedMesh | undefined {
  if (mesh.mode === "install") return undefined;
  const { revision, namespace, trustDomain, gateway, cni } = mesh;
  return { revision, namespace, trustDomain, gateway, cni, trustedProxies: routing.trustedProxies };
}

/** Who calls Shlink: the gateway's labels and its identity in the mesh; no identity yet where this program makes it. */
export function gatewayOf({ mesh }: Settings) {
  if (mesh.mode === "install") return { labels: workloads.gateway.labels };
  const { trustDomain, gateway } = mesh;
  const principal = `${trustDomain}/ns/${gateway.namespace}/sa/${gateway.account}`;
  return { labels: gateway.pods, principal };
}

const istioApis = [
  ["networking.istio.io/v1", "gateways"],
  ["networking.istio.io/v1", "virtualservices"],
  ["networking.istio.io/v1", "sidecars"],
  ["security.istio.io/v1", "authorizationpolicies"],
].map(([version = "", resource = ""]) => ({
  version,
  resource,
  remedy: "Istio does from 1.22 on; install or update it, or choose mesh.mode install",
}));

/** What is made of their definitions, and who serves it in that version. */
const apis: Record<Operator, (Omit<DemandedApi, "remedy"> & { served: string })[]> = {
  externalSecrets: ["secretstores", "externalsecrets"].map((resource) => ({
    version: "external-secrets.io/v1",
    resource,
    served: "External Secrets does from 0.16 on",
  })),
  postgresOperator: [
    {
      version: "postgres-operator.crunchydata.com/v1beta1",
      resource: "postgresclusters",
      served: "Crunchy's PostgreSQL operator does from 5 on",
    },
  ],
  redisOperator: [
    {
      version: "databases.spotahome.com/v1",
      resource: "redisfailovers",
      served: "Spotahome's operator and Freshworks' do",
    },
  ],
};

/** The APIs that somebody else's operators have to serve. */
export const existingApis = (settings: Settings): DemandedApi[] => [
  ...(settings.mesh.mode === "existing" ? istioApis : []),
  ...operators
    .filter((part) => settings[part].mode === "existing")
    .flatMap((part) =>
      apis[part].map(({ served, ...api }) => ({
        ...api,
        remedy: `${served}; install or update it, or choose ${part}.mode install`,
      })),
    ),
];

/** Where the pods are that are not this stack's; those that no pod of ours talks to are nowhere. */
export function elsewhere(settings: Settings): Elsewhere {
  const gone: string[] = absentNamespaces(settings);
  const servers = absentServers(settings);
  const names = (Object.keys(workloads) as WorkloadName[]).filter(
    (name) => gone.includes(workloads[name].namespace) || servers.includes(name),
  );
  const { externalSecrets, redisOperator, mesh } = settings;
  const place = (part: Settings[Operator]) =>
    part.mode === "existing" ? { namespace: part.namespace, pods: part.pods } : undefined;
  const known: Elsewhere = {
    "external-secrets": place(externalSecrets),
    "redis-operator": place(redisOperator),
    ...(mesh.mode === "existing" && {
      istiod: { namespace: mesh.namespace, pods: workloads.istiod.labels },
      gateway: { namespace: mesh.gateway.namespace, pods: mesh.gateway.pods },
    }),
  };
  return Object.fromEntries(names.map((name) => [name, known[name]]));
}
