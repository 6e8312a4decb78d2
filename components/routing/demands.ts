import type { DemandedObject } from "../../outside/objects.ts";
import type { RoutingTls } from "./types.ts";

const namespace = "istio-ingress";

/** The issuer without which no certificate is ever made. */
export function issuerObjects(tls: RoutingTls): DemandedObject[] {
  if (tls.mode !== "certManager") return [];
  const { kind, name } = tls.issuer;
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
