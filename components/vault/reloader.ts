import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { images } from "../../platform/images.ts";
import { parseQuantity } from "../../platform/quantity.ts";
import type { Environments } from "../../incluster/environment.ts";
import { readPrograms } from "../program/index.ts";
import { restrictedContainer } from "../../platform/pods.ts";
import { auditFile } from "./names.ts";
import type { VaultAudit, VaultTls } from "./types.ts";
import { workloads } from "../../platform/workloads.ts";

/** What changes while the servers run. */
interface Attended {
  tls: VaultTls;
  audit: VaultAudit;
}

export const needsReloader = ({ tls, audit }: Attended) =>
  tls.mode !== "plaintext" || audit.mode !== "none";

/** The script, in a ConfigMap. */
export const reloaderScript = (
  namespace: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
) =>
  new k8s.core.v1.ConfigMap(
    "vault-reloader",
    { metadata: { namespace }, immutable: true, data: readPrograms("reloader.ts") },
    opts,
  );

/**
 * A container beside each server, which has it take a new certificate and open a new audit log. To signal the server
 * it sees the pod's processes and is the same user.
 */
export const reloaderContainer = (attended: Attended) => ({
  name: "reloader",
  image: images.node,
  imagePullPolicy: "IfNotPresent",
  command: ["node", "/scripts/reloader.ts"],
  env: Object.entries(environment(attended))
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({ name, value })),
  terminationMessagePolicy: "FallbackToLogsOnError",
  resources: { requests: { cpu: "10m", memory: "96Mi" }, limits: { memory: "192Mi" } },
  securityContext: restrictedContainer,
  volumeMounts: [
    { name: "reloader", mountPath: "/scripts", readOnly: true },
    ...(attended.tls.mode === "plaintext"
      ? []
      : [{ name: "certificate", mountPath: "/certificate", readOnly: true }]),
    ...(attended.audit.mode === "none" ? [] : [{ name: "audit", mountPath: "/audit" }]),
  ],
});

function environment({ tls, audit }: Attended): Environments["reloader.ts"] {
  const log = audit.mode === "none" ? undefined : audit;
  return {
    VAULT_PORT: `${workloads.vault.ports.api}`,
    INTERVAL_SECONDS: "5",
    CERTIFICATE: tls.mode === "plaintext" ? undefined : "/certificate/tls.crt",
    AUDIT_LOG: log && `/audit/${auditFile}`,
    AUDIT_MAX_BYTES: log && `${parseQuantity(log.maxSize)}`,
    AUDIT_KEEP: log && `${log.keep}`,
  };
}

/** The volumes that the chart does not make: it sees the certificate, not its key. The audit log's volume is claimed by the chart. */
export function reloaderVolumes(script: pulumi.Input<string>, tls: VaultTls) {
  const volume = { name: "reloader", configMap: { name: script } };
  if (tls.mode === "plaintext") return [volume];
  const items = [{ key: "tls.crt", path: "tls.crt" }];
  return [volume, { name: "certificate", secret: { secretName: tls.secretName, items } }];
}
