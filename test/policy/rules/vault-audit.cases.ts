import { vaultAudit } from "../../../policy/rules/vault-audit.ts";
import { RAFT, VAULT } from "../support/fixtures/vault.ts";
import { type Fixture, StackCases, UNKNOWN } from "../support/suite.ts";

const AUDIT: Fixture = {
  type: "vault:index/audit:Audit",
  name: "file",
  props: { type: "file", options: { file_path: "stdout" } },
};

export const suite = new StackCases(vaultAudit, { vault: VAULT, audit: AUDIT })
  .good("no Vault", { vault: undefined, audit: undefined })
  .good("no server", { vault: { "values server": { enabled: false } }, audit: undefined })
  .good("a device in the configuration", {
    vault: { [RAFT]: 'listener "tcp" { tls_disable = 0 }\naudit "file" {\n type = "file"\n}' },
    audit: undefined,
  })
  .bad("no device", { audit: undefined }, [
    'V15 Helm release "vault/vault" (chart vault): Vault has no audit device.',
  ])
  .bad("raw values", { audit: { "options log_raw": "true" } }, [
    'V15a vault:index/audit:Audit "file", options.log_raw: the audit device writes values in clear.',
  ])
  .bad("accessors in clear", { audit: { "options hmac_accessor": "false" } }, [
    'V15a vault:index/audit:Audit "file", options.hmac_accessor: the audit device writes values in clear.',
  ])
  .unknown("an option that is an output", { audit: { "options log_raw": UNKNOWN } }, [
    "options.log_raw",
  ]);
