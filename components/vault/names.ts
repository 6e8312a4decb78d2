import { charts } from "../../platform/charts.ts";

/** The name of the release; the chart gives it to the StatefulSet and the Services, too. */
export const releaseName = charts.vault.release;

/** Names of the servers' pods, in order. */
export const podNames = (replicas: number) =>
  Array.from({ length: replicas }, (_, index) => `${releaseName}-${index}`);

/** The audience of every token that a pod shows to Vault. */
export const audience = "vault";

/** Where the volume of the audit log is mounted in a server, and the name of the log in it. */
export const auditFolder = "/vault/audit";
export const auditFile = "audit.log";

/** The Secret with the keys that open Vault, and the one where servers open themselves, whose keys make a new root token only. */
export const keysSecrets = {
  unseal: "vault-unseal-keys",
  recovery: "vault-recovery-keys",
} as const;
