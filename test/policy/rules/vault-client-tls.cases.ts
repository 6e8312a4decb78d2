import { vaultClientTls } from "../../../policy/rules/vault-client-tls.ts";
import {
  CONNECTION,
  GENERATOR,
  RAFT,
  TLS,
  UNSEALER,
  VAULT_CONFIG,
  VAULT_PROVIDER,
  VAULT_WITH_TLS,
} from "../support/fixtures/vault.ts";
import { Cases, type Fixture, UNKNOWN } from "../support/suite.ts";

const V = 'Helm release "vault/vault" (chart vault)';
const RAFT_PATH = "values.server.ha.raft.config";
const C = 'ConfigMap "vault/vault-config"';
const STORE: Fixture = {
  type: "kubernetes:external-secrets.io/v1:SecretStore",
  name: "vault-backend",
  props: {
    metadata: { name: "vault-backend", namespace: "shlink" },
    spec: { provider: { vault: { server: "https://vault.vault.svc:8200", path: "secret" } } },
  },
};
const D = 'Deployment "vault/unsealer", spec.template';
const NO_TLS = "a client of Vault is given an address without TLS.";
const NO_CHECK = "the client does not verify Vault's certificate.";
const CLIENT_ENV = "spec template spec containers 0 env 0";
const SERVER = "the secret store does not reach Vault by https.";
const STORE_PATH = 'SecretStore "shlink/vault-backend", spec.provider.vault.server';

export const suite = new Cases(vaultClientTls, {
  connection: CONNECTION,
  provider: VAULT_PROVIDER,
  store: STORE,
  generator: GENERATOR,
  client: UNSEALER,
  map: VAULT_CONFIG,
  release: VAULT_WITH_TLS,
})
  .good("another provider", "provider", {
    "@type": "pulumi:providers:postgresql",
    address: "http://x",
  })
  .bad(
    "http",
    "provider",
    { address: "http://127.0.0.1:18200" },
    'V07 pulumi:providers:vault "vault", address: the vault provider does not use https.',
  )
  .bad(
    "no address",
    "provider",
    { address: undefined },
    'V07 pulumi:providers:vault "vault", address: the address is left to the environment.',
  )
  .bad(
    "no verification",
    "provider",
    { skipTlsVerify: "true" },
    `V10 pulumi:providers:vault "vault", skipTlsVerify: ${NO_CHECK}`,
  )
  .unknown("an address that is an output", "provider", { address: UNKNOWN }, "address")
  .good("a store of another provider", "store", { "spec provider": { kubernetes: {} } })
  .good("something else of that operator", "store", {
    "@type": "kubernetes:external-secrets.io/v1:ExternalSecret",
    spec: {},
  })
  .good("a store of another API", "store", {
    "@type": "kubernetes:example.com/v1:SecretStore",
    "spec provider vault server": "http://x",
  })
  .bad(
    "a store by http",
    "store",
    { "spec provider vault server": "http://vault:8200" },
    `V08 ${STORE_PATH}: ${SERVER}`,
  )
  .bad(
    "a store by HTTP",
    "store",
    { "spec provider vault server": " HTTP://[::1]:8200" },
    `V08 ${STORE_PATH}: ${SERVER}`,
  )
  .bad(
    "a store without scheme",
    "store",
    { "spec provider vault server": "vault:8200" },
    `V08 ${STORE_PATH}: ${SERVER}`,
  )
  .bad(
    "a store without server",
    "store",
    { "spec provider vault server": undefined },
    `V08 ${STORE_PATH}: the store names no server.`,
  )
  .bad(
    "a cluster-wide store",
    "store",
    {
      "@type": "kubernetes:external-secrets.io/v1beta1:ClusterSecretStore",
      "spec provider vault server": "http://vault:8200",
    },
    `V08 ClusterSecretStore "shlink/vault-backend", spec.provider.vault.server: ${SERVER}`,
  )
  .bad(
    "a generator by http",
    "generator",
    { "spec provider server": "http://vault:8200" },
    `V08 VaultDynamicSecret "shlink/pki", spec.provider.server: ${SERVER}`,
  )
  .unknown(
    "a server that is an output",
    "store",
    { "spec provider vault server": UNKNOWN },
    "spec.provider.vault.server",
  )
  .good("a unix socket", "client", { [`${CLIENT_ENV} value`]: "unix:///run/agent.sock" })
  .bad(
    "a variable with http",
    "client",
    { [`${CLIENT_ENV} value`]: "http://vault:8200" },
    `V09 ${D}.spec.containers[0].env[VAULT_ADDR]: ${NO_TLS}`,
  )
  .bad(
    "a variable that skips verification",
    "client",
    { [CLIENT_ENV]: { name: "VAULT_SKIP_VERIFY", value: "1" } },
    `V10 ${D}.spec.containers[0].env[VAULT_SKIP_VERIFY]: ${NO_CHECK}`,
  )
  .good("a variable that does not skip it", "client", {
    [CLIENT_ENV]: { name: "VAULT_SKIP_VERIFY", value: "false" },
  })
  .bad(
    "an annotation with http",
    "client",
    {
      "spec template metadata annotations": { "vault.hashicorp.com/service": "http://vault:8200" },
    },
    `V09 ${D}.metadata.annotations["vault.hashicorp.com/service"]: ${NO_TLS}`,
  )
  .bad(
    "an annotation that skips verification",
    "client",
    {
      "spec template metadata annotations": { "vault.hashicorp.com/tls-skip-verify": "true" },
    },
    `V10 ${D}.metadata.annotations["vault.hashicorp.com/tls-skip-verify"]: ${NO_CHECK}`,
  )
  .good("no annotations", "client", { "spec template metadata": undefined })
  .unknown(
    "a variable that is an output",
    "client",
    { [`${CLIENT_ENV} value`]: UNKNOWN },
    "spec.template.spec.containers[0].env[0].value",
  )
  .good("addresses with https", "map", {
    "data server.hcl": `${TLS}api_addr = "https://vault:8200"`,
  })
  .bad(
    "api_addr",
    "map",
    { "data server.hcl": `${TLS}API_ADDR = "http://vault:8200"` },
    `V09 ${C}, data["server.hcl"]: the configuration's api_addr is an address without TLS.`,
  )
  .bad(
    "a peer to join",
    "map",
    {
      "data server.hcl":
        'storage "raft" {\n retry_join {\n leader_api_addr = "http://vault-0:8200"\n }\n}',
    },
    `V09 ${C}, data["server.hcl"]: the configuration's leader_api_addr is an address without TLS.`,
  )
  .good("a storage behind http", "map", {
    "data server.hcl": 'storage "consul" {\n address = "http://127.0.0.1:8500"\n}',
  })
  .bad(
    "an agent's address",
    "map",
    { "data agent.hcl": 'vault {\n address = "http://vault:8200"\n}' },
    `V09 ${C}, data["agent.hcl"]: the agent's configuration names a Vault address without TLS.`,
  )
  .good("an agent with https", "map", {
    "data agent.hcl":
      'vault {\n address = "https://vault:8200"\n tls_skip_verify = false\n ca = "http://x"\n}',
  })
  .bad(
    "an agent that skips verification",
    "map",
    { "data agent.hcl": "vault {\n tls_skip_verify = true\n}" },
    `V10 ${C}, data["agent.hcl"]: ${NO_CHECK}`,
  )
  .bad(
    "an agent with an unclear switch",
    "map",
    { "data agent.hcl": 'vault {\n tls_skip_verify = "yes"\n}' },
    `V10 ${C}, data["agent.hcl"]: ${NO_CHECK}`,
  )
  .good("variables in values", "release", {
    "values server extraEnvironmentVars": { VAULT_ADDR: "https://x", VAULT_SKIP_VERIFY: "0" },
  })
  .bad(
    "a variable in a map of values",
    "release",
    { "values server extraEnvironmentVars": { VAULT_API_ADDR: "http://x" } },
    `V09 ${V}, values.server.extraEnvironmentVars.VAULT_API_ADDR: ${NO_TLS}`,
  )
  .bad(
    "a variable in the values of another program's release",
    "map",
    {
      "@type": "kubernetes:helm.cattle.io/v1:HelmChart",
      spec: { valuesContent: '{"env":{"VAULT_ADDR":"http://x"}}' },
    },
    `V09 HelmChart "vault/vault-config", spec.valuesContent.env.VAULT_ADDR: ${NO_TLS}`,
  )
  .bad(
    "a variable in a list of values",
    "release",
    { "values env": [{ name: "VAULT_ADDR", value: "http://x" }] },
    `V09 ${V}, values.env[0].value: ${NO_TLS}`,
  )
  .bad(
    "verification skipped in values",
    "release",
    { "values env": { VAULT_SKIP_VERIFY: true } },
    `V10 ${V}, values.env.VAULT_SKIP_VERIFY: ${NO_CHECK}`,
  )
  .bad(
    "annotations in values",
    "release",
    {
      "values podAnnotations": {
        "vault.hashicorp.com/service": "http://x",
        "vault.hashicorp.com/tls-skip-verify": "true",
      },
    },
    `V09 ${V}, values.podAnnotations["vault.hashicorp.com/service"]: ${NO_TLS}`,
    `V10 ${V}, values.podAnnotations["vault.hashicorp.com/tls-skip-verify"]: ${NO_CHECK}`,
  )
  .good("a variable by reference in values", "release", {
    "values env": [{ name: "VAULT_ADDR", valueFrom: {} }],
  })
  .good("a variable's map in values", "release", { "values VAULT_ADDR": { from: "x" } })
  .good("an empty external address", "release", { "values global externalVaultAddr": "" })
  .good("an external address with https", "release", {
    "values global externalVaultAddr": "https://vault.example.com",
  })
  .bad(
    "an external address with http",
    "release",
    { "values injector externalVaultAddr": "http://vault.example.com" },
    `V09 ${V}, values.injector.externalVaultAddr: ${NO_TLS}`,
  )
  .bad(
    "api_addr in the chart's configuration",
    "release",
    { [RAFT]: `${TLS}api_addr = "http://x:8200"` },
    `V09 ${V}, ${RAFT_PATH}: the configuration's api_addr is an address without TLS.`,
  )
  .good("another kind of that operator's", "connection", {
    "@type": "kubernetes:secrets.hashicorp.com/v1beta1:VaultAuth",
    "spec address": "http://vault:8200",
  })
  .good("a connection of another API", "connection", {
    "@type": "kubernetes:example.com/v1:VaultConnection",
    "spec address": "http://vault:8200",
  })
  .bad(
    "a connection without TLS",
    "connection",
    { "spec address": "http://vault:8200" },
    'V08 VaultConnection "shlink/vault", spec.address: the secret store does not reach Vault by https.',
  )
  .bad(
    "a connection that does not verify",
    "connection",
    { "spec skipTLSVerify": true },
    'V10 VaultConnection "shlink/vault", spec.skipTLSVerify: the client does not verify Vault\'s certificate.',
  )
  .unknown(
    "a variable in values that is an output",
    "release",
    { "values env": { VAULT_ADDR: UNKNOWN } },
    "values.env.VAULT_ADDR",
  );
