import { setTimeout as sleep } from "node:timers/promises";
import { CoreV1Api } from "@kubernetes/client-node";
import { LocalError } from "../local/lib/failure.ts";
import { type KubeObject, loadKubeconfig } from "../local/lib/kube.ts";
import { workloads } from "../platform/workloads.ts";
import type { Objects } from "./objects.ts";

const { namespace } = workloads.gateway;
export const shlink = workloads.shlink.namespace;

/** The labels of a copy's pods, which no object of the platform selects. */
const labelsOf = (name: string) => ({ app: name, istio: name, [mark]: "bench" });
const mark = "gateway";

/** Says that an object has this name, kind and place. */
const object = (
  apiVersion: string,
  kind: string,
  name: string,
  spec: object,
  at: string = namespace,
) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: at },
  spec,
});

/** What lets copies speak to istiod and to Shlink, as the network policies let the platform's gateway. */
export function passes(): KubeObject[] {
  const copies = { podSelector: { matchLabels: { [mark]: "bench" } } };
  const inside = { matchLabels: { "kubernetes.io/metadata.name": namespace } };
  const policy = (at: string, spec: object) =>
    object("networking.k8s.io/v1", "NetworkPolicy", "bench", spec, at);
  const open = { ...copies, policyTypes: ["Ingress", "Egress"], ingress: [{}], egress: [{}] };
  return [
    policy(namespace, open),
    ...[workloads.istiod, workloads.shlink].map(({ namespace: at, labels }) => {
      const from = [{ ...copies, namespaceSelector: inside }];
      return policy(at, { podSelector: { matchLabels: labels }, ingress: [{ from }] });
    }),
  ];
}

/** Starts a pod like the platform's gateway, with its settings and its account, and answers its address. */
export async function startGateway(
  name: string,
  objects: Objects,
  kubeconfig: string,
): Promise<string> {
  const labels = labelsOf(name);
  const original = { name: "istio-ingressgateway", namespace };
  const spec = await objects.spec({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: original,
  });
  const template = spec["template"] as { metadata: Record<string, unknown>; spec: object };
  const pod = { ...template.spec, topologySpreadConstraints: [], affinity: {} };
  const metadata = {
    ...template.metadata,
    labels: { ...labels, "sidecar.istio.io/inject": "true" },
  };
  const copy = { ...spec, selector: { matchLabels: labels }, template: { metadata, spec: pod } };
  await objects.make(object("apps/v1", "Deployment", name, copy));
  return readyAddress(`app=${name}`, namespace, kubeconfig);
}

/** Waits for the address of the one pod with these labels. */
export async function readyAddress(
  labelSelector: string,
  namespace: string,
  kubeconfig: string,
): Promise<string> {
  const core = loadKubeconfig(kubeconfig).makeApiClient(CoreV1Api);
  for (let attempt = 0; attempt < 120; attempt++, await sleep(1000)) {
    const { items } = await core.listNamespacedPod({ namespace, labelSelector });
    const ready = items.find(({ status }) =>
      status?.conditions?.some(({ type, status: holds }) => type === "Ready" && holds === "True"),
    );
    if (ready?.status?.podIP !== undefined) return ready.status.podIP;
  }
  throw new LocalError(`No pod ${labelSelector} in ${namespace} was ready within two minutes.`);
}

/** The way in for a host, of which the gateway asks nothing. */
export const door = (name: string, host: string): KubeObject =>
  object("networking.istio.io/v1", "Gateway", name, {
    selector: labelsOf(name),
    servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: [host] }],
  });

/** Routes and nothing else. */
export const bareRoute = (name: string, host: string): KubeObject =>
  object("networking.istio.io/v1", "VirtualService", name, {
    hosts: [host],
    gateways: [name],
    http: [
      {
        // The rate limit finds its route by this name.
        name: "redirects",
        route: [
          { destination: { host: `shlink.${shlink}.svc.cluster.local`, port: { number: 8080 } } },
        ],
      },
    ],
  });

/** The platform's own route, at another gateway. */
export async function ownRoute(name: string, objects: Objects): Promise<KubeObject> {
  const which = {
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata: { name: "shlink-virtualservice", namespace: shlink },
  };
  const spec = { ...(await objects.spec(which)), gateways: [name] };
  return object(which.apiVersion, which.kind, name, spec);
}

/** The platform's own buckets at another gateway; so large that they refuse nobody, unless a rate is given. */
export async function ownLimit(
  name: string,
  objects: Objects,
  perSecond = 1_000_000,
): Promise<KubeObject> {
  const which = {
    apiVersion: "networking.istio.io/v1alpha3",
    kind: "EnvoyFilter",
    metadata: { name: "shlink-rate-limit", namespace },
  };
  const text = JSON.stringify(await objects.spec(which));
  const large = text.replaceAll(/("(?:max_tokens|tokens_per_fill)":)\d+/g, `$1${perSecond}`);
  const spec = JSON.parse(large) as object;
  const workloadSelector = { labels: labelsOf(name) };
  return object(which.apiVersion, which.kind, name, { ...spec, workloadSelector });
}

/** The rules of the platform's own authorization at another gateway, which knows no caller. */
export async function ownAuthorization(name: string, objects: Objects): Promise<KubeObject> {
  const which = {
    apiVersion: "security.istio.io/v1",
    kind: "AuthorizationPolicy",
    metadata: { name: "shlink-authz", namespace: shlink },
  };
  const { rules, ...spec } = await objects.spec(which);
  const anybody = (rules as { to: object[] }[]).map(({ to }) => ({ to }));
  const selector = { matchLabels: labelsOf(name) };
  return object(which.apiVersion, which.kind, name, { ...spec, rules: anybody, selector });
}

export const noAccessLog = (name: string): KubeObject =>
  object("telemetry.istio.io/v1", "Telemetry", name, {
    selector: { matchLabels: labelsOf(name) },
    accessLogging: [{ disabled: true }],
  });

const envoy = "type.googleapis.com/envoy";
const manager = "envoy.filters.network.http_connection_manager";

/** A span of every request, as the mesh's provider makes it; they are sent to nobody. */
export const tracing = (name: string): KubeObject =>
  object("networking.istio.io/v1alpha3", "EnvoyFilter", `${name}-tracing`, {
    workloadSelector: { labels: labelsOf(name) },
    configPatches: [
      {
        applyTo: "NETWORK_FILTER",
        match: { context: "GATEWAY", listener: { filterChain: { filter: { name: manager } } } },
        patch: {
          operation: "MERGE",
          value: {
            name: manager,
            typed_config: {
              "@type": `${envoy}.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`,
              tracing: {
                random_sampling: { value: 100 },
                provider: {
                  name: "envoy.tracers.opentelemetry",
                  typed_config: {
                    "@type": `${envoy}.config.trace.v3.OpenTelemetryConfig`,
                    service_name: name,
                    grpc_service: { envoy_grpc: { cluster_name: "BlackHoleCluster" } },
                  },
                },
              },
            },
          },
        },
      },
    ],
  });
