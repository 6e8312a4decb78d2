import type { DemandedMesh } from "../../outside/mesh.ts";
import type { DemandedPart } from "../../outside/parts.ts";
import type { DemandedApi } from "../../outside/survey.ts";
import type { Elsewhere } from "../../platform/flows.ts";
import { type PartName, namespacesOf } from "../../platform/parts.ts";
import { type WorkloadName, workloads } from "../../platform/workloads.ts";
import type { Settings } from "../../settings/index.ts";

/** The operators that a cluster may have already. */
const operators = ["externalSecrets", "postgresOperator", "redisOperator"] as const;
type Operator = (typeof operators)[number];

/** The parts that are not this stack's: the cluster has them, or nobody does. */
export const existingParts = (settings: Settings): PartName[] =>
  (["vault", "mesh", ...operators] as const).filter(
    (part) =>
      settings[part].mode !== "install" ||
      (part === "externalSecrets" && settings.vault.mode === "none"),
  );

/** The namespaces in which an operator has to work for us. */
const watched: Record<Operator, string[]> = {
  externalSecrets: ["postgres", "redis", "shlink"],
  postgresOperator: ["postgres"],
  redisOperator: ["redis"],
};

/** Where each of them has to run. */
export const demandedParts = (settings: Settings): DemandedPart[] =>
  operators.flatMap((part) => {
    const one = settings[part];
    if (one.mode === "install") return [];
    return [{ part, namespace: one.namespace, pods: one.pods, watched: watched[part] }];
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
  const gone: string[] = namespacesOf(existingParts(settings));
  const names = (Object.keys(workloads) as WorkloadName[]).filter((name) =>
    gone.includes(workloads[name].namespace),
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
