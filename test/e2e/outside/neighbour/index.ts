import * as k8s from "@pulumi/kubernetes";
import { gatewayValues } from "../../../../components/mesh/gateway.ts";
import { istiodValues } from "../../../../components/mesh/index.ts";
import { type ChartName, charts, locate } from "../../../../platform/charts.ts";
import { asKubectl } from "../../../../platform/marks.ts";
import { loadSettings } from "../../../../settings/load.ts";
import { places } from "./places.ts";

const requests = { cpu: "10m", memory: "64Mi" };

/** A mesh and an External Secrets as somebody else would install them: under other namespaces, with the charts' own rights. */
export default function neighbour(): void {
  const { cluster, charts: source } = loadSettings();
  const provider = new k8s.Provider("neighbour", { context: cluster.context, ...asKubectl });
  const namespace = (name: string) =>
    new k8s.core.v1.Namespace(name, { metadata: { name } }, { provider }).metadata.name;
  const [mesh, ingress, secrets] = [places.mesh, places.gateway, places.secrets].map(namespace);
  const install = (
    chart: ChartName,
    where: typeof mesh,
    values: object,
    dependsOn: k8s.helm.v3.Release[] = [],
  ) =>
    new k8s.helm.v3.Release(
      charts[chart].release,
      {
        ...locate(chart, source),
        name: charts[chart].release,
        ...(where && { namespace: where }),
        values,
      },
      { provider, dependsOn },
    );
  const global = { istioNamespace: places.mesh };
  const base = install("istioBase", mesh, { global });
  const istiod = { replicas: 1, requests };
  const { global: own, ...control } = istiodValues({ istiod, cni: false });
  const plane = install("istiod", mesh, { ...control, global: { ...own, ...global } }, [base]);
  const service = {
    type: "NodePort",
    externalTrafficPolicy: "Local",
    proxyProtocol: false,
    httpNodePort: places.port,
  } as const;
  const gateway = gatewayValues({
    gateway: { replicas: 1, requests, service },
    trustedProxies: 0,
  });
  install("istioGateway", ingress, { ...gateway, serviceAccount: { create: true } }, [plane]);
  install("externalSecrets", secrets, { installCRDs: true });
}
