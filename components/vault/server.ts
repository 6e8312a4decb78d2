import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { release, type ChartSource } from "../charts.ts";
import type { Requests } from "../mesh.ts";
import { restrictedContainer, restrictedPod } from "../security.ts";

/** `secret`: a Secret in Vault's namespace with tls.crt, tls.key and ca.crt. */
export type VaultTls = { mode: "plaintext" } | { mode: "secret"; secretName: string };

export interface VaultServerArgs {
  charts: ChartSource;
  namespace: pulumi.Input<string>;
  /** 1, 3 or 5: the raft needs a majority. */
  replicas: number;
  /** Size of each server's volume. */
  storage: string;
  storageClass: string;
  requests: Requests;
  /** Raft timing, 1 (fast) to 10. */
  raftPerformanceMultiplier: number;
  tls: VaultTls;
  /** Serve metrics to whoever reaches the listener. */
  metrics: boolean;
}

const releaseName = "vault";
const certificates = "/vault/tls";

/** The Vault servers. They come up sealed; `VaultBootstrap` opens them. */
export class VaultServer extends pulumi.ComponentResource {
  /** Address inside the cluster of whichever server is active. */
  readonly address: pulumi.Output<string>;
  /** Each server by its own address, in order. */
  readonly addresses: pulumi.Output<string>[];
  readonly tls: VaultTls;
  /** What lives inside Vault goes when this goes. */
  readonly release: k8s.helm.v3.Release;

  constructor(name: string, args: VaultServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("shlink-platform:index:VaultServer", name, {}, opts);
    const { charts, namespace, tls, replicas } = args;
    const values = vaultValues(args);
    this.release = release(
      releaseName,
      { chart: "vault", source: charts, namespace, values },
      { parent: this },
    );
    const at = (host: string) => pulumi.interpolate`${scheme(tls)}://${host}.${namespace}.svc:8200`;
    this.address = at(releaseName);
    this.addresses = podNames(replicas).map((pod) => at(`${pod}.${releaseName}-internal`));
    this.tls = tls;
    this.registerOutputs({ address: this.address });
  }
}

const scheme = (tls: VaultTls) => (tls.mode === "plaintext" ? "http" : "https");
const podNames = (replicas: number) =>
  Array.from({ length: replicas }, (_, index) => `${releaseName}-${index}`);

export function vaultValues(args: VaultServerArgs) {
  const { replicas, storage, storageClass, requests, tls } = args;
  return {
    global: { tlsDisable: tls.mode === "plaintext" },
    // External Secrets delivers the secrets; nothing is injected into pods.
    injector: { enabled: false },
    server: {
      resources: { requests },
      dataStorage: { size: storage, storageClass },
      // Ready means answering, also while sealed: the bootstrap has to reach it.
      readinessProbe: { path: "/v1/sys/health?standbyok=true&sealedcode=204&uninitcode=204" },
      // Without room for one server per node the chart's required anti-affinity never schedules.
      ...(replicas === 1 ? { affinity: "" } : {}),
      statefulSet: {
        securityContext: {
          pod: { ...restrictedPod(100), runAsGroup: 1000, fsGroup: 1000 },
          container: containerContext,
        },
      },
      ...(tls.mode === "secret" ? tlsValues(tls.secretName) : {}),
      standalone: { enabled: false },
      ha: {
        enabled: true,
        replicas,
        raft: { enabled: true, setNodeId: true, config: vaultConfig(args) },
        ...(tls.mode === "secret"
          ? { apiAddr: `https://$(VAULT_K8S_POD_NAME).${releaseName}-internal:8200` }
          : {}),
      },
    },
  };
}

/** Vault writes its rendered configuration to /tmp, which the image does not mount. */
const containerContext = { ...restrictedContainer, readOnlyRootFilesystem: false };

function tlsValues(secretName: string) {
  return {
    volumes: [{ name: "tls", secret: { secretName } }],
    volumeMounts: [{ name: "tls", mountPath: certificates, readOnly: true }],
    extraEnvironmentVars: { VAULT_CACERT: `${certificates}/ca.crt` },
  };
}

/** Vault's own configuration. The chart adds `disable_mlock` itself. */
export function vaultConfig(args: VaultServerArgs): string {
  const { replicas, raftPerformanceMultiplier, tls, metrics } = args;
  const joins =
    replicas === 1
      ? ""
      : podNames(replicas)
          .map((pod) => retryJoin(pod, tls))
          .join("");
  return `ui = false

listener "tcp" {
  address = "[::]:8200"
  cluster_address = "[::]:8201"
${listenerTls(tls)}${metrics ? openMetrics : ""}}

storage "raft" {
  path = "/vault/data"
  performance_multiplier = ${raftPerformanceMultiplier}
${joins}}

service_registration "kubernetes" {}
${metrics ? telemetry : ""}`;
}

/** Sealed and standby servers answer no token: whom the metrics are for is the network policies' business. */
const openMetrics = `  telemetry {
    unauthenticated_metrics_access = true
  }
`;

const telemetry = `
telemetry {
  prometheus_retention_time = "24h"
  disable_hostname = true
}
`;

function listenerTls(tls: VaultTls): string {
  if (tls.mode === "plaintext") return "  tls_disable = 1\n";
  return `  tls_cert_file = "${certificates}/tls.crt"
  tls_key_file = "${certificates}/tls.key"
  tls_client_ca_file = "${certificates}/ca.crt"
  tls_min_version = "tls12"
`;
}

function retryJoin(pod: string, tls: VaultTls): string {
  const host = `${pod}.${releaseName}-internal`;
  const ca = tls.mode === "secret" ? `    leader_ca_cert_file = "${certificates}/ca.crt"\n` : "";
  return `  retry_join {
    leader_api_addr = "${scheme(tls)}://${host}:8200"
${ca}  }
`;
}
