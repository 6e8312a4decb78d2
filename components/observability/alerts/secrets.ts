import type { Alert, RuleArgs } from "../rules.ts";

/** Vault, and what External Secrets copies out of it. */
export const secretAlerts = ({ vaultReplicas }: RuleArgs): Alert[] => [
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
    expr: `sum(up{job="vault/vault"}) < ${vaultReplicas}`,
    for: "5m",
    severity: "warning",
    summary: `Fewer than ${vaultReplicas} Vault servers answer`,
    description: "{{ $value }} servers answer; losing the majority stops Vault.",
  },
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
