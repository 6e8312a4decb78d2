import type { NamespaceName } from "./namespaces.ts";

/**
 * Parts that a cluster may have before this program comes, by the setting whose `mode` says so, each with the namespaces
 * that it has here where this program installs it.
 */
export const parts = {
  vault: { product: "Vault", namespaces: ["vault"] },
  mesh: { product: "Istio", namespaces: ["istio-system", "istio-cni", "istio-ingress"] },
  externalSecrets: { product: "External Secrets", namespaces: ["external-secrets"] },
  postgresOperator: {
    product: "Crunchy's PostgreSQL operator",
    namespaces: ["postgres-operator"],
  },
  redisOperator: { product: "Spotahome's Redis operator", namespaces: ["redis-operator"] },
} satisfies Record<string, { product: string; namespaces: NamespaceName[] }>;

export type PartName = keyof typeof parts;
export const partNames = Object.keys(parts) as PartName[];

/** The namespaces that a stack does not make, for what would be in them is there already. */
export const namespacesOf = (existing: PartName[]): NamespaceName[] =>
  existing.flatMap((part) => parts[part].namespaces);

/** The part that has a namespace of its own here; undefined: the namespace is no such part's. */
export const partOf = (namespace: string): PartName | undefined =>
  partNames.find((part) => (parts[part].namespaces as string[]).includes(namespace));
