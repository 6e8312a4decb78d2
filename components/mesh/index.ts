import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { token } from "../../platform/project.ts";
import type { ChartSource } from "../../platform/charts.ts";
import { installChart } from "../chart/index.ts";
import { seccompProfile, spread } from "../../platform/pods.ts";
import { workloads } from "../../platform/workloads.ts";
import { gatewayName, gatewayValues, type MeshSettings } from "./gateway.ts";
import { having, type NamespacesOf } from "../namespaces/index.ts";

export interface MeshArgs extends Omit<MeshSettings, "mode"> {
  charts: ChartSource;
  /** The node agent redirects pods' traffic where it has a namespace: pods need no privileged init container then. */
  namespaces: NamespacesOf<"istio-system" | "istio-ingress"> & Partial<NamespacesOf<"istio-cni">>;
  /** Proxies in front of the gateway that append to X-Forwarded-For. */
  trustedProxies: number;
  /** Where proxies send traces; they make none when absent. */
  tracing?: Tracing;
}

type CniSetting = "platform" | "cniBinDir" | "cniConfDir";

/** A collector that takes OTLP over gRPC. */
export interface Tracing {
  namespace: string;
  service: string;
  port: number;
  /** How many requests of a hundred are traced. */
  samplingPercentage: number;
}

/** The collector's name in the mesh's configuration. */
const tracingProvider = "otel";

interface Choice {
  /** Istio as the stack installs it; absent: the cluster has it. */
  own: Omit<MeshArgs, "namespaces"> | undefined;
  /** The cluster's own gateway, by the identity with which it calls. */
  gateway: { principal?: string };
  namespaces: Partial<MeshArgs["namespaces"]>;
}

/** Installs Istio, unless the cluster has it; tells with which identity the gateway calls, and what pods wait for. */
export function createMesh(
  { own, gateway, namespaces }: Choice,
  opts: pulumi.ComponentResourceOptions & { dependsOn: pulumi.Resource[] },
): { gatewayPrincipal: pulumi.Input<string>; ready: pulumi.Resource[] } {
  if (own === undefined)
    return { gatewayPrincipal: gateway.principal ?? "", ready: opts.dependsOn };
  const needed = having(namespaces, "istio-system", "istio-ingress");
  const mesh = new Mesh("mesh", { ...own, namespaces: { ...namespaces, ...needed } }, opts);
  return { gatewayPrincipal: mesh.gatewayPrincipal, ready: [mesh] };
}

/** Istio: the definitions, the node agent, the control plane, then the ingress gateway, which that injects. */
class Mesh extends pulumi.ComponentResource {
  /** Identity with which the gateway calls workloads. */
  readonly gatewayPrincipal: pulumi.Output<string>;

  constructor(name: string, args: MeshArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("Mesh"), name, {}, opts);
    const base = this.#base(args);
    const istiod = this.#istiod(args, [base, ...this.#cni(args, base)]);
    this.#demandMutualTls(args, istiod);
    this.#trace(args, istiod);
    this.#gateway(args, istiod);
    this.gatewayPrincipal = pulumi.interpolate`cluster.local/ns/${args.namespaces["istio-ingress"]}/sa/${gatewayName}`;
    this.registerOutputs({ gatewayPrincipal: this.gatewayPrincipal });
  }

  #base({ charts, namespaces }: MeshArgs): k8s.helm.v3.Release {
    const namespace = namespaces["istio-system"];
    return installChart({ chart: "istioBase", source: charts, namespace }, { parent: this });
  }

  #cni(args: MeshArgs, base: pulumi.Resource): k8s.helm.v3.Release[] {
    const { charts, namespaces } = args;
    const namespace = namespaces["istio-cni"];
    if (namespace === undefined) return [];
    const agent = installChart(
      { chart: "istioCni", source: charts, namespace, values: cniValues(args) },
      { parent: this, dependsOn: base },
    );
    return [agent];
  }

  #istiod(args: MeshArgs, dependsOn: pulumi.Resource[]): k8s.helm.v3.Release {
    const { charts, namespaces } = args;
    const namespace = namespaces["istio-system"];
    return installChart(
      { chart: "istiod", source: charts, namespace, values: istiodValues(args) },
      { parent: this, dependsOn },
    );
  }

  /** This default is for namespaces that nobody has thought of yet. Pods without a sidecar are not concerned. */
  #demandMutualTls({ namespaces }: MeshArgs, istiod: pulumi.Resource): void {
    new k8s.apiextensions.CustomResource(
      "mesh-mtls",
      {
        apiVersion: "security.istio.io/v1",
        kind: "PeerAuthentication",
        metadata: { name: "default", namespace: namespaces["istio-system"] },
        spec: { mtls: { mode: "STRICT" } },
      },
      { parent: this, dependsOn: istiod },
    );
  }

  #trace({ namespaces, tracing }: MeshArgs, istiod: pulumi.Resource): void {
    if (tracing === undefined) return;
    const providers = [{ name: tracingProvider }];
    new k8s.apiextensions.CustomResource(
      "mesh-tracing",
      {
        apiVersion: "telemetry.istio.io/v1",
        kind: "Telemetry",
        metadata: { name: "tracing", namespace: namespaces["istio-system"] },
        spec: { tracing: [{ providers, randomSamplingPercentage: tracing.samplingPercentage }] },
      },
      { parent: this, dependsOn: istiod },
    );
  }

  /**
   * The chart would let the pods mount their account's token. They do not use it: istiod asks the API on their
   * behalf whether the account may read certificates.
   */
  #gateway(args: MeshArgs, istiod: pulumi.Resource): void {
    const { charts, namespaces } = args;
    const namespace = namespaces["istio-ingress"];
    const account = new k8s.core.v1.ServiceAccount(
      gatewayName,
      { metadata: { name: gatewayName, namespace }, automountServiceAccountToken: false },
      { parent: this },
    );
    installChart(
      { chart: "istioGateway", source: charts, namespace, values: gatewayValues(args) },
      { parent: this, dependsOn: [istiod, account] },
    );
  }
}

/** The chart's own folders, which fit most clusters. */
const usual = { cniBinDir: "/opt/cni/bin", cniConfDir: "/etc/cni/net.d" };

/**
 * With a platform the chart takes that one's folders before those that stand where folders usually do; a folder of the
 * settings then stands where it looks last.
 */
export function cniValues({ platform, cniBinDir, cniConfDir }: Pick<MeshArgs, CniSetting>) {
  const folders = Object.fromEntries(
    Object.entries({ cniBinDir, cniConfDir }).filter(([, folder]) => folder !== undefined),
  );
  if (platform === undefined) return { ...usual, ...folders, seccompProfile };
  return { global: { platform }, cni: folders, seccompProfile };
}

type ControlPlane = Pick<MeshArgs, "istiod" | "cni" | "platform" | "tracing">;

export const istiodValues = ({ istiod, cni, platform, tracing }: ControlPlane) => ({
  autoscaleEnabled: istiod.replicas > 1,
  autoscaleMin: istiod.replicas,
  replicaCount: istiod.replicas,
  resources: { requests: istiod.requests },
  seccompProfile,
  topologySpreadConstraints: [spread("node", "ScheduleAnyway", workloads.istiod.labels)],
  cni: { enabled: cni },
  global: {
    ...(platform === undefined ? {} : { platform }),
    proxy: { resources: { requests: { cpu: "10m", memory: "64Mi" } }, seccompProfile },
  },
  meshConfig: meshConfig(tracing),
});

const meshConfig = (tracing: Tracing | undefined) => ({
  accessLogFile: "/dev/stdout",
  accessLogEncoding: "JSON",
  // Pods answer at once, or are gone: a try to reach one that is holds up a worker, by default for ten seconds.
  connectTimeout: "2s",
  // Rules that match paths must see the path that the application will see.
  pathNormalization: { normalization: "DECODE_AND_MERGE_SLASHES" },
  // What is in no registry is not reached; a workload that needs more says so by a Sidecar.
  outboundTrafficPolicy: { mode: "REGISTRY_ONLY" },
  defaultConfig: { holdApplicationUntilProxyStarts: true },
  ...(tracing === undefined ? {} : { extensionProviders: [collector(tracing)] }),
});

const collector = ({ namespace, service, port }: Tracing) => ({
  name: tracingProvider,
  opentelemetry: { service: `${service}.${namespace}.svc.cluster.local`, port },
});
