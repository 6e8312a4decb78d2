import { vaultServerHardening } from "../../../policy/rules/vault-server-hardening.ts";
import { RAFT, VAULT } from "../support/fixtures/vault.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

const LISTENER = 'listener "tcp" {\n  tls_cert_file = "a"\n';

export const suite = new Cases(vaultServerHardening, { vault: VAULT })
  .good("five servers", "vault", { "values server ha replicas": 5 })
  .good("the chart's number of servers", "vault", { "values server ha replicas": undefined })
  .good("no server", "vault", { "values server": { enabled: false } })
  .good("another chart", "vault", { "@name": "web", chart: "web", values: { server: {} } })
  .bad(
    "a single server",
    "vault",
    { "values server ha enabled": false },
    'V12 Helm release "vault/vault" (chart vault), values.server.ha.enabled: Vault runs as a single server without failover.',
  )
  .bad(
    "one of high availability",
    "vault",
    { "values server ha replicas": 1 },
    'V12 Helm release "vault/vault" (chart vault), values.server.ha.replicas: Vault does not run on a raft of three or five servers.',
  )
  .bad(
    "an even number",
    "vault",
    { "values server ha replicas": 4 },
    'V12 Helm release "vault/vault" (chart vault), values.server.ha.replicas: Vault does not run on a raft of three or five servers.',
  )
  .bad(
    "no number",
    "vault",
    { "values server ha replicas": "many" },
    'V12 Helm release "vault/vault" (chart vault), values.server.ha.replicas: Vault does not run on a raft of three or five servers.',
  )
  .bad(
    "file storage",
    "vault",
    { [RAFT]: 'storage "file" {\n  path = "/a"\n}' },
    'V12 Helm release "vault/vault" (chart vault), values.server.ha.raft.config: the storage is a file or memory.',
  )
  .bad(
    "memory by its old name",
    "vault",
    { [RAFT]: 'backend "inmem" {\n  a = 1\n}' },
    'V12 Helm release "vault/vault" (chart vault), values.server.ha.raft.config: the storage is a file or memory.',
  )
  .bad(
    "a token in the seal",
    "vault",
    { [RAFT]: 'seal "transit" {\n  token = "abc"\n}' },
    'V13 Helm release "vault/vault" (chart vault), values.server.ha.raft.config: the configuration contains a credential under token.',
  )
  .good("an empty token in the seal", "vault", {
    [RAFT]: 'seal "transit" {\n  token = ""\n key = "abc"\n}',
  })
  .bad(
    "raw storage",
    "vault",
    { [RAFT]: "raw_storage_endpoint = true" },
    'V17 Helm release "vault/vault" (chart vault), values.server.ha.raft.config: the raw storage endpoint is on.',
  )
  .good("no raw storage", "vault", { [RAFT]: "raw_storage_endpoint = false" })
  .bad(
    "an old protocol",
    "vault",
    { [RAFT]: `${LISTENER}  tls_min_version = "tls11"\n}` },
    'V14 Helm release "vault/vault" (chart vault), values.server.ha.raft.config: the listener accepts TLS older than 1.2.',
  )
  .good("a current protocol", "vault", { [RAFT]: `${LISTENER}  tls_min_version = "tls13"\n}` })
  .bad(
    "open profiles",
    "vault",
    { [RAFT]: `${LISTENER}  profiling {\n unauthenticated_pprof_access = true\n }\n}` },
    'V16 Helm release "vault/vault" (chart vault), values.server.ha.raft.config: the listener answers diagnostic requests without a token.',
  )
  .good("closed profiles", "vault", {
    [RAFT]: `${LISTENER}  profiling {\n unauthenticated_pprof_access = false\n }\n}`,
  })
  .good("open metrics", "vault", {
    [RAFT]: `${LISTENER}  telemetry {\n unauthenticated_metrics_access = true\n }\n}`,
  })
  .unknown(
    "a number that is an output",
    "vault",
    { "values server ha replicas": UNKNOWN },
    "values.server.ha.replicas",
  );
