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
  .good("an internal Service", "vault", { "values server service": { type: "ClusterIP" } })
  .good("something else than a release", "vault", {
    "@type": "kubernetes:core/v1:ConfigMap",
    "values server ingress enabled": true,
  })
  .bad(
    "Vault's ingress",
    "vault",
    { "values server ingress enabled": true },
    'V18 Helm release "vault/vault" (chart vault), values.server.ingress.enabled: Vault is exposed by its chart.',
  )
  .bad(
    "Vault's UI",
    "vault",
    { "values ui serviceType": "LoadBalancer" },
    'V18 Helm release "vault/vault" (chart vault), values.ui.serviceType: Vault is exposed by its chart.',
  )
  .bad(
    "Vault's Service",
    "vault",
    { "values server service": { type: "NodePort" } },
    'V18 Helm release "vault/vault" (chart vault), values.server.service.type: Vault is exposed by its chart.',
  )
  .bad(
    "Kiali for everybody",
    "kiali",
    { "values auth strategy": "anonymous" },
    'I30 Helm release "kiali-server-system/kiali-server" (chart kiali-server), values.auth.strategy: the dashboard is open to everybody or has its default password.',
  )
  .bad(
    "Grafana's default password",
    "grafana",
    { "values adminPassword": "admin" },
    'I30 Helm release "grafana-system/grafana" (chart grafana), values.adminPassword: the dashboard is open to everybody or has its default password.',
  )
  .bad(
    "Grafana's default password in a stack of charts",
    "prometheus",
    { "values grafana adminPassword": "prom-operator" },
    'I30 Helm release "kube-prometheus-stack-system/kube-prometheus-stack" (chart kube-prometheus-stack), values.grafana.adminPassword: the dashboard is open to everybody or has its default password.',
  )
  .bad(
    "Grafana for everybody",
    "grafana",
    { values: { "grafana.ini": { "auth.anonymous": { enabled: true } } } },
    'I30 Helm release "grafana-system/grafana" (chart grafana), values["grafana.ini"]["auth.anonymous"].enabled: the dashboard is open to everybody or has its default password.',
  )
  .bad(
    "every address outside",
    "istiod",
    { "values meshConfig": undefined },
    'I24 Helm release "istiod-system/istiod" (chart istiod), values.meshConfig.outboundTrafficPolicy.mode: the mesh lets every pod call any address outside.',
  )
  .unknown(
    "a Service that is an output",
    "vault",
    { "values ui serviceType": UNKNOWN },
    "values.ui.serviceType",
  );
