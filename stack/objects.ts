import type { DemandedObject } from "../effects/objects.ts";
import { workloads } from "../platform/workloads.ts";
import type { Settings } from "../settings/index.ts";

/** What pods cannot start without: their priority's class, and in each namespace the Secrets they are pulled with. */
export const podObjects = (
  { priorityClass, pullSecrets }: Settings["pods"],
  namespaces: string[],
): DemandedObject[] => [
  ...(priorityClass === undefined ? [] : [priorityOf(priorityClass)]),
  ...pullSecrets.flatMap((name) => namespaces.map((namespace) => secretOf(name, namespace))),
];

const priorityOf = (name: string): DemandedObject => ({
  kind: "PriorityClass",
  name,
  path: "/apis/scheduling.k8s.io/v1/priorityclasses",
  setting: "pods.priorityClass",
  remedy: "make it first, or correct the setting",
});

const secretOf = (name: string, namespace: string): DemandedObject => ({
  kind: "Secret",
  name,
  namespace,
  path: `/api/v1/namespaces/${namespace}/secrets`,
  setting: "pods.pullSecrets",
  remedy:
    "make the namespaces first (docs/deployer.yaml), then the Secret in each of them, or correct the setting",
});

/** The issuer without which no certificate is ever made. */
export function issuerObjects(tls: Settings["routing"]["tls"]): DemandedObject[] {
  if (tls.mode !== "certManager") return [];
  const { kind, name } = tls.issuer;
  const { namespace } = workloads.gateway;
  const common = { kind, name, setting: "routing.tls.issuer" };
  const api = "/apis/cert-manager.io/v1";
  return kind === "ClusterIssuer"
    ? [
        {
          ...common,
          path: `${api}/clusterissuers`,
          remedy: "make it first, or correct the setting",
        },
      ]
    : [
        {
          ...common,
          namespace,
          path: `${api}/namespaces/${namespace}/issuers`,
          remedy:
            "make the namespace (docs/deployer.yaml) and the Issuer in it first, or name a ClusterIssuer",
        },
      ];
}
