import { adminSurfaces } from "../../../policy/rules/admin-surfaces.ts";
import { ISTIOD, release } from "../support/fixtures/releases.ts";
import { VAULT } from "../support/fixtures/vault.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

export const suite = new Cases(adminSurfaces, {
  vault: VAULT,
  istiod: ISTIOD,
  kiali: release("kiali-server", { auth: { strategy: "token" } }),
  grafana: release("grafana", { adminPassword: "a" }),
  prometheus: release("kube-prometheus-stack", { grafana: { adminPassword: "a" } }),
})
  .good("vault", {
    "an internal Service": { "values server service": { type: "ClusterIP" } },
    "something else than a release": {
      "@type": "kubernetes:core/v1:ConfigMap",
      "values server ingress enabled": true,
    },
  })
  .bad(
    "vault",
    'V18 Helm release "vault/vault" (chart vault), values.server.ingress.enabled: Vault is exposed by its chart.',
    { "Vault's ingress": { "values server ingress enabled": true } },
  )
  .bad(
    "vault",
    'V18 Helm release "vault/vault" (chart vault), values.ui.serviceType: Vault is exposed by its chart.',
    { "Vault's UI": { "values ui serviceType": "LoadBalancer" } },
  )
  .bad(
    "vault",
    'V18 Helm release "vault/vault" (chart vault), values.server.service.type: Vault is exposed by its chart.',
    { "Vault's Service": { "values server service": { type: "NodePort" } } },
  )
  .bad(
    "kiali",
    'I30 Helm release "kiali-server-system/kiali-server" (chart kiali-server), values.auth.strategy: the dashboard is open to everybody or has its default password.',
    { "Kiali for everybody": { "values auth strategy": "anonymous" } },
  )
  .bad(
    "grafana",
    'I30 Helm release "grafana-system/grafana" (chart grafana), values.adminPassword: the dashboard is open to everybody or has its default password.',
    { "Grafana's default password": { "values adminPassword": "admin" } },
  )
  .bad(
    "prometheus",
    'I30 Helm release "kube-prometheus-stack-system/kube-prometheus-stack" (chart kube-prometheus-stack), values.grafana.adminPassword: the dashboard is open to everybody or has its default password.',
    {
      "Grafana's default password in a stack of charts": {
        "values grafana adminPassword": "prom-operator",
      },
    },
  )
  .bad(
    "grafana",
    'I30 Helm release "grafana-system/grafana" (chart grafana), values["grafana.ini"]["auth.anonymous"].enabled: the dashboard is open to everybody or has its default password.',
    {
      "Grafana for everybody": {
        values: { "grafana.ini": { "auth.anonymous": { enabled: true } } },
      },
    },
  )
  .bad(
    "istiod",
    'I24 Helm release "istiod-system/istiod" (chart istiod), values.meshConfig.outboundTrafficPolicy.mode: the mesh lets every pod call any address outside.',
    { "every address outside": { "values meshConfig": undefined } },
  )
  .unknown("vault", "values.ui.serviceType", {
    "a Service that is an output": { "values ui serviceType": UNKNOWN },
  });
