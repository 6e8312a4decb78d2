import { vaultServerHardening } from "../../../policy/rules/vault-server-hardening.ts";
import { RAFT, VAULT } from "../support/fixtures/vault.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

const LISTENER = 'listener "tcp" {\n  tls_cert_file = "a"\n';

export const suite = new Cases(vaultServerHardening, { vault: VAULT })
  .good("vault", {
    "five servers": { "values server ha replicas": 5 },
    "the chart's number of servers": { "values server ha replicas": undefined },
    "no server": { "values server": { enabled: false } },
    "another chart": { "@name": "web", chart: "web", values: { server: {} } },
    "an empty token in the seal": { [RAFT]: 'seal "transit" {\n  token = ""\n key = "abc"\n}' },
    "no raw storage": { [RAFT]: "raw_storage_endpoint = false" },
    "a current protocol": { [RAFT]: `${LISTENER}  tls_min_version = "tls13"\n}` },
    "closed profiles": {
      [RAFT]: `${LISTENER}  profiling {\n unauthenticated_pprof_access = false\n }\n}`,
    },
    "open metrics": {
      [RAFT]: `${LISTENER}  telemetry {\n unauthenticated_metrics_access = true\n }\n}`,
    },
  })
  .bad(
    "vault",
    'V12 Helm release "vault/vault" (chart vault), values.server.ha.enabled: Vault runs as a single server without failover.',
    { "a single server": { "values server ha enabled": false } },
  )
  .bad(
    "vault",
    'V12 Helm release "vault/vault" (chart vault), values.server.ha.replicas: Vault does not run on a raft of three or five servers.',
    {
      "one of high availability": { "values server ha replicas": 1 },
      "an even number": { "values server ha replicas": 4 },
      "no number": { "values server ha replicas": "many" },
    },
  )
  .bad(
    "vault",
    'V12 Helm release "vault/vault" (chart vault), values.server.ha.raft.config: the storage is a file or memory.',
    {
      "file storage": { [RAFT]: 'storage "file" {\n  path = "/a"\n}' },
      "memory by its old name": { [RAFT]: 'backend "inmem" {\n  a = 1\n}' },
    },
  )
  .bad(
    "vault",
    'V13 Helm release "vault/vault" (chart vault), values.server.ha.raft.config: the configuration contains a credential under token.',
    { "a token in the seal": { [RAFT]: 'seal "transit" {\n  token = "abc"\n}' } },
  )
  .bad(
    "vault",
    'V17 Helm release "vault/vault" (chart vault), values.server.ha.raft.config: the raw storage endpoint is on.',
    { "raw storage": { [RAFT]: "raw_storage_endpoint = true" } },
  )
  .bad(
    "vault",
    'V14 Helm release "vault/vault" (chart vault), values.server.ha.raft.config: the listener accepts TLS older than 1.2.',
    { "an old protocol": { [RAFT]: `${LISTENER}  tls_min_version = "tls11"\n}` } },
  )
  .bad(
    "vault",
    'V16 Helm release "vault/vault" (chart vault), values.server.ha.raft.config: the listener answers diagnostic requests without a token.',
    {
      "open profiles": {
        [RAFT]: `${LISTENER}  profiling {\n unauthenticated_pprof_access = true\n }\n}`,
      },
    },
  )
  .unknown("vault", "values.server.ha.replicas", {
    "a number that is an output": { "values server ha replicas": UNKNOWN },
  });
