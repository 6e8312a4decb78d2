import type { DemandedPart } from "../../outside/parts.ts";
import type { DemandedApi } from "../../outside/survey.ts";
import type { Elsewhere } from "../../platform/flows.ts";
import { type PartName, namespacesOf } from "../../platform/parts.ts";
import { type WorkloadName, workloads } from "../../platform/workloads.ts";
import type { Settings } from "../../settings/index.ts";

/** The operators that a cluster may have already. */
const operators = ["externalSecrets", "postgresOperator", "redisOperator"] as const;
type Operator = (typeof operators)[number];

/** The parts that the settings take from the cluster. */
export const existingParts = (settings: Settings): PartName[] =>
  operators.filter((part) => settings[part].mode === "existing");

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
export const existingApis = (settings: Settings): DemandedApi[] =>
  operators
    .filter((part) => settings[part].mode === "existing")
    .flatMap((part) =>
      apis[part].map(({ served, ...api }) => ({
        ...api,
        remedy: `${served}; install or update it, or choose ${part}.mode install`,
      })),
    );

/** Where the pods are that are not this stack's; those that no pod of ours talks to are nowhere. */
export function elsewhere(settings: Settings): Elsewhere {
  const gone: string[] = namespacesOf(existingParts(settings));
  const names = (Object.keys(workloads) as WorkloadName[]).filter((name) =>
    gone.includes(workloads[name].namespace),
  );
  const { externalSecrets, redisOperator } = settings;
  const place = (part: Settings[Operator]) =>
    part.mode === "existing" ? { namespace: part.namespace, pods: part.pods } : undefined;
  const known: Elsewhere = {
    "external-secrets": place(externalSecrets),
    "redis-operator": place(redisOperator),
  };
  return Object.fromEntries(names.map((name) => [name, known[name]]));
}
