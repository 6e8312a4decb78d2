import { workloads } from "../../../platform/workloads.ts";
import { fromJob } from "../monitors.ts";
import type { Alert, RuleArgs } from "../types.ts";
import { longestGap } from "../schedule.ts";

/** A snapshot may fail once and be repeated before its age is a fault. */
const graceSeconds = 3600;

/** Vault, and what External Secrets copies out of it. */
export const secretAlerts = ({ vault }: RuleArgs): Alert[] => [
  ...(vault === undefined ? [] : serverAlerts(vault.replicas)),
  ...(vault?.snapshotSchedule === undefined ? [] : [snapshotAlert(vault.snapshotSchedule)]),
  ...syncAlerts,
];

const serverAlerts = (replicas: number): Alert[] => [
  {
    name: "VaultSealed",
    // From before its unsealing a server keeps a second series, which says 0 as long as metrics are kept.
    expr: "max by (namespace, pod) (vault_core_unsealed) == 0",
    for: "2m",
    severity: "critical",
    summary: "Vault server {{ $labels.pod }} is sealed",
    description: "It has been sealed for two minutes; the unsealer did not open it.",
  },
  {
    name: "VaultWithoutLeader",
    expr: "(sum(vault_core_active) or vector(0)) < 1",
    for: "1m",
    severity: "critical",
    summary: "Vault has no active server",
    description: "No Vault server answers requests: nothing can be read or written.",
  },
  {
    name: "VaultServerDown",
    expr: `sum(up{${fromJob("vault")}}) < ${replicas}`,
    for: "5m",
    severity: "warning",
    summary: `Fewer than ${replicas} Vault servers answer`,
    description: "{{ $value }} servers answer; losing the majority stops Vault.",
  },
];

/** Before the first success the CronJob's own age counts. */
function snapshotAlert(schedule: string): Alert {
  const cronJob = `{namespace="${workloads.vault.namespace}",cronjob="vault-snapshot"}`;
  const last = `(max(kube_cronjob_status_last_successful_time${cronJob}) or max(kube_cronjob_created${cronJob}))`;
  return {
    name: "VaultSnapshotTooOld",
    expr: `time() - ${last} > ${longestGap(schedule) + graceSeconds}`,
    for: "15m",
    severity: "critical",
    summary: "The last snapshot of Vault is older than its schedule",
    description: `It was made {{ $value | humanizeDuration }} ago; the schedule is ${schedule}.`,
  };
}

const syncAlerts: Alert[] = [
  {
    name: "ExternalSecretNotSynced",
    expr: `max by (namespace, name) (externalsecret_status_condition{condition="Ready",status="False"}) == 1`,
    for: "10m",
    severity: "warning",
    summary: "ExternalSecret {{ $labels.namespace }}/{{ $labels.name }} is not synced",
    description: "The Secret keeps its last value; a rotated password does not arrive.",
  },
  {
    name: "SecretStoreNotReady",
    expr: `max by (namespace, name) (secretstore_status_condition{condition="Ready",status="False"}) == 1`,
    for: "10m",
    severity: "warning",
    summary: "SecretStore {{ $labels.namespace }}/{{ $labels.name }} cannot reach Vault",
    description: "No ExternalSecret of this namespace can be refreshed.",
  },
];
