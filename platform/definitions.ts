import type { NamespaceName } from "./namespaces.ts";

/** API groups of the custom resource definitions that come with a chart, by the namespace of its release. */
export const definitionGroups = {
  "istio-system": [
    "extensions.istio.io",
    "networking.istio.io",
    "security.istio.io",
    "telemetry.istio.io",
  ],
  "external-secrets": ["external-secrets.io", "generators.external-secrets.io"],
  "postgres-operator": ["postgres-operator.crunchydata.com"],
  "redis-operator": ["databases.spotahome.com"],
} satisfies Partial<Record<NamespaceName, string[]>>;
