/** Vault inside and External Secrets. */

import { externalSecretsScope } from "../../../policy/rules/external-secrets-scope.ts";
import { externalSecretsStores } from "../../../policy/rules/external-secrets-stores.ts";
import { vaultAudit } from "../../../policy/rules/vault-audit.ts";
import { vaultAuthRoles } from "../../../policy/rules/vault-auth-roles.ts";
import { vaultEngines } from "../../../policy/rules/vault-engines.ts";
import { vaultPolicies } from "../../../policy/rules/vault-policies.ts";
import { vaultServerHardening } from "../../../policy/rules/vault-server-hardening.ts";
import { Cases, StackCases, UNKNOWN } from "../support/suite.ts";
import type { Fixture, Suite } from "../support/suite.ts";
import { release, VAULT } from "./fixtures.ts";

const CONFIG = "values server ha raft config";
const LISTENER = 'listener "tcp" {\n  tls_cert_file = "a"\n';
const hardening = new Cases(vaultServerHardening, { vault: VAULT })
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
    { [CONFIG]: 'storage "file" {\n  path = "/a"\n}' },
    'V12 Helm release "vault/vault" (chart vault), values.server.ha.raft.config: the storage is a file or memory.',
  )
  .bad(
    "memory by its old name",
    "vault",
    { [CONFIG]: 'backend "inmem" {\n  a = 1\n}' },
    'V12 Helm release "vault/vault" (chart vault), values.server.ha.raft.config: the storage is a file or memory.',
  )
  .bad(
    "a token in the seal",
    "vault",
    { [CONFIG]: 'seal "transit" {\n  token = "abc"\n}' },
    'V13 Helm release "vault/vault" (chart vault), values.server.ha.raft.config: the configuration contains a credential under token.',
  )
  .good("an empty token in the seal", "vault", {
    [CONFIG]: 'seal "transit" {\n  token = ""\n key = "abc"\n}',
  })
  .bad(
    "raw storage",
    "vault",
    { [CONFIG]: "raw_storage_endpoint = true" },
    'V17 Helm release "vault/vault" (chart vault), values.server.ha.raft.config: the raw storage endpoint is on.',
  )
  .good("no raw storage", "vault", { [CONFIG]: "raw_storage_endpoint = false" })
  .bad(
    "an old protocol",
    "vault",
    { [CONFIG]: `${LISTENER}  tls_min_version = "tls11"\n}` },
    'V14 Helm release "vault/vault" (chart vault), values.server.ha.raft.config: the listener accepts TLS older than 1.2.',
  )
  .good("a current protocol", "vault", { [CONFIG]: `${LISTENER}  tls_min_version = "tls13"\n}` })
  .bad(
    "open profiles",
    "vault",
    { [CONFIG]: `${LISTENER}  profiling {\n unauthenticated_pprof_access = true\n }\n}` },
    'V16 Helm release "vault/vault" (chart vault), values.server.ha.raft.config: the listener answers diagnostic requests without a token.',
  )
  .good("closed profiles", "vault", {
    [CONFIG]: `${LISTENER}  profiling {\n unauthenticated_pprof_access = false\n }\n}`,
  })
  .good("open metrics", "vault", {
    [CONFIG]: `${LISTENER}  telemetry {\n unauthenticated_metrics_access = true\n }\n}`,
  })
  .unknown(
    "a number that is an output",
    "vault",
    { "values server ha replicas": UNKNOWN },
    "values.server.ha.replicas",
  );

const AUDIT: Fixture = {
  type: "vault:index/audit:Audit",
  name: "file",
  props: { type: "file", options: { file_path: "stdout" } },
};
const audit = new StackCases(vaultAudit, { vault: VAULT, audit: AUDIT })
  .good("no Vault", { vault: undefined, audit: undefined })
  .good("no server", { vault: { "values server": { enabled: false } }, audit: undefined })
  .good("a device in the configuration", {
    vault: { [CONFIG]: 'listener "tcp" { tls_disable = 0 }\naudit "file" {\n type = "file"\n}' },
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

const POLICY: Fixture = {
  type: "vault:index/policy:Policy",
  name: "external-secrets",
  props: {
    name: "external-secrets",
    policy: 'path "secret/data/postgres/shlink" { capabilities = ["read"] }\n',
  },
};
const grant = (path: string, ...capabilities: string[]) => ({
  policy: `path "${path}" {\n  capabilities = ${JSON.stringify(capabilities)}\n}`,
});
const policies = new Cases(vaultPolicies, { policy: POLICY })
  .good("a policy in JSON", "policy", {
    policy: '{"path":{"secret/data/a":{"capabilities":["read"]}}}',
  })
  .good("everything denied", "policy", grant("*", "deny"))
  .good("a wildcard below one application", "policy", grant("secret/data/shlink/*", "read"))
  .good("reading of policies", "policy", grant("sys/policies/acl/a", "read"))
  .good("another resource", "policy", { "@type": "vault:index/token:Token", ...grant("*", "read") })
  .bad(
    "everything",
    "policy",
    grant("*", "read"),
    'V20 vault:index/policy:Policy "external-secrets", policy: the policy covers whole mounts or all paths.',
  )
  .bad(
    "everything of a mount",
    "policy",
    grant("secret/*", "list"),
    'V20 vault:index/policy:Policy "external-secrets", policy: the policy covers whole mounts or all paths.',
  )
  .bad(
    "everything of every mount",
    "policy",
    grant("+/*", "read"),
    'V20 vault:index/policy:Policy "external-secrets", policy: the policy covers whole mounts or all paths.',
  )
  .bad(
    "sudo",
    "policy",
    grant("secret/data/a", "read", "sudo"),
    'V20a vault:index/policy:Policy "external-secrets", policy: the policy grants sudo or root.',
  )
  .bad(
    "root",
    "policy",
    grant("secret/data/a", "root"),
    'V20a vault:index/policy:Policy "external-secrets", policy: the policy grants sudo or root.',
  )
  .bad(
    "writing policies",
    "policy",
    grant("sys/policies/acl/a", "update"),
    'V20b vault:index/policy:Policy "external-secrets", policy: the policy lets its holder change policies, logins or mounts.',
  )
  .bad(
    "making tokens",
    "policy",
    grant("auth/token/create", "create"),
    'V20b vault:index/policy:Policy "external-secrets", policy: the policy lets its holder change policies, logins or mounts.',
  )
  .bad(
    "no policy text",
    "policy",
    { policy: 'path "a {' },
    'V20c vault:index/policy:Policy "external-secrets", policy: the policy cannot be read.',
  )
  .unknown("a text that is an output", "policy", { policy: UNKNOWN }, "policy");

const ROLE: Fixture = {
  type: "vault:kubernetes/authBackendRole:AuthBackendRole",
  name: "external-secrets",
  props: {
    roleName: "external-secrets",
    boundServiceAccountNames: ["external-secrets-sa"],
    boundServiceAccountNamespaces: ["shlink"],
    audience: "vault",
    tokenPolicies: ["external-secrets"],
    tokenTtl: 600,
    tokenMaxTtl: 3600,
  },
};
const AUTH: Fixture = {
  type: "vault:kubernetes/authBackendConfig:AuthBackendConfig",
  name: "kubernetes",
  props: { backend: "kubernetes", kubernetesHost: "https://kubernetes.default.svc:443" },
};
const roles = new Cases(vaultAuthRoles, { role: ROLE, auth: AUTH })
  .good("another type with the same inputs", "role", {
    "@type": "vault:index/other:Other",
    boundServiceAccountNames: ["*"],
  })
  .good("an empty reviewer token", "auth", { tokenReviewerJwt: "" })
  .bad(
    "every account",
    "role",
    { boundServiceAccountNames: ["*"] },
    'V21 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", boundServiceAccountNames[0]: the role is open to every account or namespace.',
  )
  .bad(
    "every namespace",
    "role",
    { boundServiceAccountNamespaces: ["*"] },
    'V21 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", boundServiceAccountNamespaces[0]: the role is open to every account or namespace.',
  )
  .bad(
    "a pattern",
    "role",
    { boundServiceAccountNamespaces: ["shlink-*"] },
    'V21 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", boundServiceAccountNamespaces[0]: the role is open to every account or namespace.',
  )
  .bad(
    "the default account",
    "role",
    { boundServiceAccountNames: ["default"] },
    'V21 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", boundServiceAccountNames[0]: the role is open to the default account, which every pod has.',
  )
  .bad(
    "no audience",
    "role",
    { audience: undefined },
    'V22 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", audience: the role asks for no audience.',
  )
  .bad(
    "an empty audience",
    "role",
    { audience: "" },
    'V22 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", audience: the role asks for no audience.',
  )
  .bad(
    "the root policy",
    "role",
    { tokenPolicies: ["root"] },
    'V22a vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", tokenPolicies[0]: the role grants the root policy.',
  )
  .bad(
    "a long life",
    "role",
    { tokenTtl: 7200 },
    'V23 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", tokenTtl: the role\'s tokens live too long.',
  )
  .bad(
    "a life without end",
    "role",
    { tokenMaxTtl: 0 },
    'V23 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", tokenMaxTtl: the role\'s tokens live too long.',
  )
  .bad(
    "a life without limit",
    "role",
    { tokenMaxTtl: undefined },
    'V23 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", tokenMaxTtl: the role\'s tokens live too long.',
  )
  .bad(
    "a long limit",
    "role",
    { tokenMaxTtl: 100000 },
    'V23 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", tokenMaxTtl: the role\'s tokens live too long.',
  )
  .bad(
    "renewal for ever",
    "role",
    { tokenPeriod: 60 },
    'V23 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", tokenPeriod: the role\'s tokens live too long.',
  )
  .unknown(
    "an account that is an output",
    "role",
    { boundServiceAccountNames: UNKNOWN },
    "boundServiceAccountNames",
  )
  .bad(
    "http to the API",
    "auth",
    { kubernetesHost: "http://10.0.0.1" },
    'V24 vault:kubernetes/authBackendConfig:AuthBackendConfig "kubernetes", kubernetesHost: Vault reaches the Kubernetes API without TLS or with a stored token.',
  )
  .bad(
    "a stored token",
    "auth",
    { tokenReviewerJwt: "x" },
    'V24 vault:kubernetes/authBackendConfig:AuthBackendConfig "kubernetes", tokenReviewerJwt: Vault reaches the Kubernetes API without TLS or with a stored token.',
  );

const MOUNT: Fixture = {
  type: "vault:index/mount:Mount",
  name: "secret",
  props: { type: "kv", path: "secret", options: { version: "2" } },
};
const CONNECTION: Fixture = {
  type: "vault:database/secretBackendConnection:SecretBackendConnection",
  name: "postgres",
  props: {
    postgresql: { connectionUrl: "postgres://db:5432/shlink?sslmode=verify-full" },
    verifyConnection: true,
    allowedRoles: ["a"],
  },
};
const DB_ROLE: Fixture = {
  type: "vault:database/secretBackendRole:SecretBackendRole",
  name: "app",
  props: {
    creationStatements: ["CREATE ROLE x LOGIN PASSWORD y VALID UNTIL z; GRANT SELECT ON t TO x;"],
  },
};
const PKI: Fixture = {
  type: "vault:pkiSecret/secretBackendRole:SecretBackendRole",
  name: "web",
  props: { allowAnyName: false },
};
const engines = new Cases(vaultEngines, {
  mount: MOUNT,
  connection: CONNECTION,
  role: DB_ROLE,
  pki: PKI,
})
  .good("a mount of another type", "mount", { type: "transit", options: undefined })
  .bad(
    "one version",
    "mount",
    { options: { version: "1" } },
    'V27 vault:index/mount:Mount "secret", options.version: the store keeps one version only.',
  )
  .bad(
    "no version",
    "mount",
    { options: undefined },
    'V27 vault:index/mount:Mount "secret", options.version: the store keeps one version only.',
  )
  .bad(
    "no TLS",
    "connection",
    { "postgresql connectionUrl": "postgres://db/shlink?sslmode=disable" },
    'V25 vault:database/secretBackendConnection:SecretBackendConnection "postgres", postgresql.connectionUrl: Vault connects to the database without verified TLS, or for every role.',
  )
  .bad(
    "no verification",
    "connection",
    { verifyConnection: false },
    'V25 vault:database/secretBackendConnection:SecretBackendConnection "postgres", verifyConnection: Vault connects to the database without verified TLS, or for every role.',
  )
  .bad(
    "every role",
    "connection",
    { allowedRoles: ["*"] },
    'V25 vault:database/secretBackendConnection:SecretBackendConnection "postgres", allowedRoles[0]: Vault connects to the database without verified TLS, or for every role.',
  )
  .bad(
    "a superuser",
    "role",
    { creationStatements: ["ALTER ROLE x SUPERUSER"] },
    'V26 vault:database/secretBackendRole:SecretBackendRole "app", creationStatements[0]: the role\'s statements create a powerful user.',
  )
  .bad(
    "a superuser of a static role",
    "role",
    {
      "@type": "vault:database/secretBackendStaticRole:SecretBackendStaticRole",
      revocationStatements: ["GRANT ALL ON t TO x"],
    },
    'V26 vault:database/secretBackendStaticRole:SecretBackendStaticRole "app", revocationStatements[0]: the role\'s statements create a powerful user.',
  )
  .bad(
    "any name",
    "pki",
    { allowAnyName: true },
    'V27a vault:pkiSecret/secretBackendRole:SecretBackendRole "web", allowAnyName: the certificate role signs any name.',
  )
  .unknown(
    "a statement that is an output",
    "role",
    { creationStatements: [UNKNOWN] },
    "creationStatements[0]",
  );

const STORE: Fixture = {
  type: "kubernetes:external-secrets.io/v1:SecretStore",
  name: "vault-backend",
  props: {
    metadata: { name: "vault-backend", namespace: "shlink" },
    spec: {
      provider: {
        vault: {
          server: "https://vault.vault.svc:8200",
          caBundle: "YQ==",
          auth: {
            kubernetes: {
              serviceAccountRef: { name: "external-secrets-sa", audiences: ["vault"] },
            },
          },
        },
      },
    },
  },
};
const CLUSTER: Fixture = {
  ...STORE,
  type: "kubernetes:external-secrets.io/v1:ClusterSecretStore",
  props: { ...STORE.props, spec: { conditions: [{ namespaces: ["shlink"] }] } },
};
const S = "spec provider vault";
const stores = new Cases(externalSecretsStores, { store: STORE, cluster: CLUSTER })
  .good("plaintext, which another policy refuses", "store", {
    [S]: { server: "http://vault", auth: {} },
  })
  .good("an authority in a Secret", "store", {
    [`${S} caBundle`]: undefined,
    [`${S} caProvider`]: { name: "a" },
  })
  .good("a selector", "cluster", {
    "spec conditions": [{ namespaceSelector: { matchLabels: { a: "b" } } }],
  })
  .good("a pattern that says something", "cluster", {
    "spec conditions": [{ namespaceRegexes: ["shlink-.*"] }],
  })
  .good("another API", "cluster", {
    "@type": "kubernetes:example.com/v1beta1:ClusterSecretStore",
    spec: {},
  })
  .bad(
    "no authority",
    "store",
    { [`${S} caBundle`]: undefined },
    'E02 SecretStore "shlink/vault-backend", spec.provider.vault: the store trusts no CA of its own for Vault.',
  )
  .bad(
    "a stored token",
    "store",
    { [`${S} auth tokenSecretRef`]: { name: "a" } },
    'E07 SecretStore "shlink/vault-backend", spec.provider.vault.auth.tokenSecretRef: the store logs in with a stored credential.',
  )
  .bad(
    "an AppRole",
    "store",
    { [`${S} auth appRole`]: { roleId: "a" } },
    'E07 SecretStore "shlink/vault-backend", spec.provider.vault.auth.appRole: the store logs in with a stored credential.',
  )
  .bad(
    "no audience",
    "store",
    { [`${S} auth kubernetes serviceAccountRef`]: { name: "a" } },
    'E07a SecretStore "shlink/vault-backend", spec.provider.vault.auth.kubernetes.serviceAccountRef.audiences: the service account\'s token has no audience.',
  )
  .bad(
    "an old version",
    "store",
    { "@type": "kubernetes:external-secrets.io/v1beta1:SecretStore" },
    'E05 SecretStore "shlink/vault-backend", apiVersion: the API version is no longer served.',
  )
  .bad(
    "no conditions",
    "cluster",
    { spec: {} },
    'E03 ClusterSecretStore "shlink/vault-backend", spec.conditions: every namespace may use the store.',
  )
  .bad(
    "conditions that all meet",
    "cluster",
    { "spec conditions": [{ namespaceRegexes: [".*"] }] },
    'E03 ClusterSecretStore "shlink/vault-backend", spec.conditions[0].namespaceRegexes[0]: every namespace may use the store.',
  )
  .bad(
    "a selector that selects all",
    "cluster",
    { "spec conditions": [{ namespaceSelector: {} }] },
    'E03 ClusterSecretStore "shlink/vault-backend", spec.conditions[0].namespaceSelector: every namespace may use the store.',
  )
  .unknown(
    "conditions that are an output",
    "cluster",
    { "spec conditions": UNKNOWN },
    "spec.conditions",
  );

const EXTERNAL: Fixture = {
  type: "kubernetes:external-secrets.io/v1:ExternalSecret",
  name: "shlink",
  props: {
    metadata: { name: "shlink", namespace: "shlink" },
    spec: {
      refreshInterval: "1h",
      data: [{ secretKey: "a", remoteRef: { key: "b" } }],
      target: { name: "a" },
    },
  },
};
const copies = new Cases(externalSecretsScope, {
  secret: EXTERNAL,
  operator: release("external-secrets", { replicaCount: 2 }),
})
  .good("the default interval", "secret", { "spec refreshInterval": undefined })
  .good("a whole path of one's own", "secret", {
    "spec dataFrom": [{ extract: { key: "shlink/a" } }],
  })
  .good("a pattern that says something", "secret", {
    "spec dataFrom": [{ find: { name: { regexp: "shlink-.*" } } }],
  })
  .good("another API", "secret", {
    "@type": "kubernetes:example.com/v1:ExternalSecret",
    "spec refreshInterval": "0",
  })
  .good("another chart", "operator", { chart: "web", "values replicaCount": 1 })
  .bad(
    "never",
    "secret",
    { "spec refreshInterval": "0" },
    'E04 ExternalSecret "shlink/shlink", spec.refreshInterval: the secret is never or too seldom read again, or too often.',
  )
  .bad(
    "too often",
    "secret",
    { "spec refreshInterval": "10s" },
    'E04 ExternalSecret "shlink/shlink", spec.refreshInterval: the secret is never or too seldom read again, or too often.',
  )
  .bad(
    "too seldom",
    "secret",
    { "spec refreshInterval": "24h1m" },
    'E04 ExternalSecret "shlink/shlink", spec.refreshInterval: the secret is never or too seldom read again, or too often.',
  )
  .bad(
    "deleted with its source",
    "secret",
    { "spec target deletionPolicy": "Delete" },
    'E06 ExternalSecret "shlink/shlink", spec.target.deletionPolicy: the copied Secret is deleted together with its source.',
  )
  .bad(
    "everything by a pattern",
    "secret",
    { "spec dataFrom": [{ find: { name: { regexp: ".*" } } }] },
    'E10 ExternalSecret "shlink/shlink", spec.dataFrom[0].find.name.regexp: everything that matches is copied.',
  )
  .bad(
    "everything",
    "secret",
    { "spec dataFrom": [{ find: { path: "a" } }] },
    'E10 ExternalSecret "shlink/shlink", spec.dataFrom[0].find: everything that matches is copied.',
  )
  .bad(
    "everything in every namespace",
    "secret",
    {
      "@type": "kubernetes:external-secrets.io/v1:ClusterExternalSecret",
      "spec externalSecretSpec": { dataFrom: [{ find: { path: "a" } }] },
    },
    'E10 ClusterExternalSecret "shlink/shlink", spec.externalSecretSpec.dataFrom[0].find: everything that matches is copied.',
  )
  .bad(
    "one operator",
    "operator",
    { "values replicaCount": 1 },
    'E09 Helm release "external-secrets-system/external-secrets" (chart external-secrets), values.replicaCount: the operator runs alone.',
  )
  .bad(
    "the chart's number of operators",
    "operator",
    { "values replicaCount": undefined },
    'E09 Helm release "external-secrets-system/external-secrets" (chart external-secrets), values.replicaCount: the operator runs alone.',
  )
  .unknown(
    "a pattern that is an output",
    "secret",
    { "spec dataFrom": [{ find: { name: { regexp: UNKNOWN } } }] },
    "spec.dataFrom[0].find.name.regexp",
  );

export const vault: Suite[] = [hardening, audit, policies, roles, engines, stores, copies];
