import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { token } from "../../platform/project.ts";
import { installChart } from "../chart/index.ts";
import { workloads } from "../../platform/workloads.ts";
import { restrictedContainer, restrictedPod, spread } from "../../platform/pods.ts";
import { vaultConfig } from "./config.ts";
import { auditFolder, podNames, releaseName } from "./names.ts";
import { needsReloader, reloaderContainer, reloaderScript, reloaderVolumes } from "./reloader.ts";
import { sealValues, sealVolumes } from "./seal.ts";
import { clientValues, scheme, servedTls, serverCertificate, serverVolume } from "./tls.ts";
import type { ServedArgs, VaultAudit, VaultServerArgs, VaultTls } from "./types.ts";

const { labels, ports } = workloads.vault;

/** The Vault servers. They come up sealed; `VaultBootstrap` unseals them. */
export class VaultServer extends pulumi.ComponentResource {
  /** Address inside the cluster of whichever server is active. */
  readonly address: pulumi.Output<string>;
  /** The address of each server itself, in order. */
  readonly addresses: pulumi.Output<string>[];
  readonly tls: VaultTls;
  readonly audit: VaultAudit;
  /** What lives inside Vault goes when this goes. */
  readonly release: k8s.helm.v3.Release;

  constructor(name: string, args: VaultServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("VaultServer"), name, {}, opts);
    const { charts, namespace, replicas } = args;
    const tls = servedTls(args.tls);
    const served = { ...args, tls };
    const certificate = serverCertificate(args, { parent: this });
    const script = needsReloader(served) ? reloaderScript(namespace, { parent: this }) : undefined;
    const values = vaultValues(served, script?.metadata.name);
    this.release = installChart(
      { chart: "vault", source: charts, namespace, values },
      // Pods that start without their Secret wait for it in the kubelet, which looks again only after a while.
      { parent: this, protect: args.protect, dependsOn: certificate?.secret ?? [] },
    );
    const at = (host: string) =>
      pulumi.interpolate`${scheme(tls)}://${host}.${namespace}.svc:${ports.api}`;
    this.address = at(releaseName);
    this.addresses = podNames(replicas).map((pod) => at(`${pod}.${releaseName}-internal`));
    this.tls = tls;
    this.audit = args.audit;
    this.registerOutputs({ address: this.address });
  }
}

/** The values of the chart. `script`: the ConfigMap with the reloader's, where there is one. */
export function vaultValues(args: ServedArgs, script?: pulumi.Input<string>) {
  return {
    global: { tlsDisable: args.tls.mode === "plaintext" },
    // External Secrets delivers the secrets; nothing is injected into pods.
    injector: { enabled: false },
    server: {
      resources: { requests: args.requests },
      ...storageValues(args),
      // Ready means answering, also while sealed: the bootstrap has to reach it.
      readinessProbe: { path: "/v1/sys/health?standbyok=true&sealedcode=204&uninitcode=204" },
      ...placement,
      terminationGracePeriodSeconds: 30,
      preStop,
      statefulSet: {
        securityContext: {
          pod: { ...restrictedPod(100), runAsGroup: 1000, fsGroup: 1000 },
          container: containerContext,
        },
      },
      ...clientValues(args.tls),
      ...sealValues(args.seal),
      ...volumeValues(args, script),
      ...(script === undefined
        ? {}
        : { shareProcessNamespace: true, extraContainers: [reloaderContainer(args)] }),
      standalone: { enabled: false },
      ha: raftValues(args),
    },
  };
}

const storageValues = ({ storage, storageClass, audit, protect }: ServedArgs) => ({
  dataStorage: { size: storage, storageClass },
  ...(audit.mode === "file"
    ? {
        auditStorage: {
          enabled: true,
          size: audit.storage,
          storageClass,
          mountPath: auditFolder,
        },
      }
    : {}),
  persistentVolumeClaimRetentionPolicy: {
    whenDeleted: protect ? "Retain" : "Delete",
    whenScaled: "Retain",
  },
});

const raftValues = (args: ServedArgs) => ({
  enabled: true,
  replicas: args.replicas,
  // The chart's budget for a single server would forbid every drain of its node.
  disruptionBudget: { enabled: args.replicas > 1, maxUnavailable: 1 },
  raft: { enabled: true, setNodeId: true, config: vaultConfig(args) },
  ...(args.tls.mode === "secret"
    ? { apiAddr: `https://$(VAULT_K8S_POD_NAME).${releaseName}-internal:${ports.api}` }
    : {}),
});

const placement = {
  // The chart's own rule, one server per node, leaves servers pending where nodes are fewer.
  affinity: "",
  topologySpreadConstraints: [
    spread("node", "DoNotSchedule", labels),
    spread("zone", "ScheduleAnyway", labels),
  ],
};

/**
 * 5 s until no endpoint leads to the server; the rest is for handing over the raft's lead. The hook waits for that:
 * with shared processes the end of the shell that started the server would be the end of the server, too.
 */
const preStop = [
  "/bin/sh",
  "-c",
  "sleep 5; kill -TERM $(pidof vault); while pidof vault >/dev/null; do sleep 1; done",
];

/** Vault writes its rendered configuration to /tmp, which the image does not mount. */
const containerContext = { ...restrictedContainer, readOnlyRootFilesystem: false };

function volumeValues({ tls, seal }: ServedArgs, script?: pulumi.Input<string>) {
  const certificate = serverVolume(tls);
  const unseal = sealVolumes(seal);
  const reloader = script === undefined ? [] : reloaderVolumes(script, tls);
  return {
    volumes: [...certificate.volumes, ...unseal.volumes, ...reloader],
    volumeMounts: [...certificate.volumeMounts, ...unseal.volumeMounts],
  };
}
