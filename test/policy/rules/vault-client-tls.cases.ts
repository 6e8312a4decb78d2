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
  .good("provider", {
    "another provider": { "@type": "pulumi:providers:postgresql", address: "http://x" },
  })
  .bad(
    "provider",
    'V07 pulumi:providers:vault "vault", address: the vault provider does not use https.',
    { http: { address: "http://127.0.0.1:18200" } },
  )
  .bad(
    "provider",
    'V07 pulumi:providers:vault "vault", address: the address is left to the environment.',
    { "no address": { address: undefined } },
  )
  .bad("provider", `V10 pulumi:providers:vault "vault", skipTlsVerify: ${NO_CHECK}`, {
    "no verification": { skipTlsVerify: "true" },
  })
  .unknown("provider", "address", { "an address that is an output": { address: UNKNOWN } })
  .good("store", {
    "a store of another provider": { "spec provider": { kubernetes: {} } },
    "something else of that operator": {
      "@type": "kubernetes:external-secrets.io/v1:ExternalSecret",
      spec: {},
    },
    "a store of another API": {
      "@type": "kubernetes:example.com/v1:SecretStore",
      "spec provider vault server": "http://x",
    },
  })
  .bad("store", `V08 ${STORE_PATH}: ${SERVER}`, {
    "a store by http": { "spec provider vault server": "http://vault:8200" },
    "a store by HTTP": { "spec provider vault server": " HTTP://[::1]:8200" },
    "a store without scheme": { "spec provider vault server": "vault:8200" },
  })
  .bad("store", `V08 ${STORE_PATH}: the store names no server.`, {
    "a store without server": { "spec provider vault server": undefined },
  })
  .bad(
    "store",
    `V08 ClusterSecretStore "shlink/vault-backend", spec.provider.vault.server: ${SERVER}`,
    {
      "a cluster-wide store": {
        "@type": "kubernetes:external-secrets.io/v1beta1:ClusterSecretStore",
        "spec provider vault server": "http://vault:8200",
      },
    },
  )
  .bad("generator", `V08 VaultDynamicSecret "shlink/pki", spec.provider.server: ${SERVER}`, {
    "a generator by http": { "spec provider server": "http://vault:8200" },
  })
  .unknown("store", "spec.provider.vault.server", {
    "a server that is an output": { "spec provider vault server": UNKNOWN },
  })
  .good("client", {
    "a unix socket": { [`${CLIENT_ENV} value`]: "unix:///run/agent.sock" },
    "a variable that does not skip it": {
      [CLIENT_ENV]: { name: "VAULT_SKIP_VERIFY", value: "false" },
    },
    "no annotations": { "spec template metadata": undefined },
  })
  .bad("client", `V09 ${D}.spec.containers[0].env[VAULT_ADDR]: ${NO_TLS}`, {
    "a variable with http": { [`${CLIENT_ENV} value`]: "http://vault:8200" },
  })
  .bad("client", `V10 ${D}.spec.containers[0].env[VAULT_SKIP_VERIFY]: ${NO_CHECK}`, {
    "a variable that skips verification": {
      [CLIENT_ENV]: { name: "VAULT_SKIP_VERIFY", value: "1" },
    },
  })
  .bad("client", `V09 ${D}.metadata.annotations["vault.hashicorp.com/service"]: ${NO_TLS}`, {
    "an annotation with http": {
      "spec template metadata annotations": { "vault.hashicorp.com/service": "http://vault:8200" },
    },
  })
  .bad(
    "client",
    `V10 ${D}.metadata.annotations["vault.hashicorp.com/tls-skip-verify"]: ${NO_CHECK}`,
    {
      "an annotation that skips verification": {
        "spec template metadata annotations": { "vault.hashicorp.com/tls-skip-verify": "true" },
      },
    },
  )
  .unknown("client", "spec.template.spec.containers[0].env[0].value", {
    "a variable that is an output": { [`${CLIENT_ENV} value`]: UNKNOWN },
  })
  .good("map", {
    "addresses with https": { "data server.hcl": `${TLS}api_addr = "https://vault:8200"` },
    "a storage behind http": {
      "data server.hcl": 'storage "consul" {\n address = "http://127.0.0.1:8500"\n}',
    },
    "an agent with https": {
      "data agent.hcl":
        'vault {\n address = "https://vault:8200"\n tls_skip_verify = false\n ca = "http://x"\n}',
    },
  })
  .bad(
    "map",
    `V09 ${C}, data["server.hcl"]: the configuration's api_addr is an address without TLS.`,
    { api_addr: { "data server.hcl": `${TLS}API_ADDR = "http://vault:8200"` } },
  )
  .bad(
    "map",
    `V09 ${C}, data["server.hcl"]: the configuration's leader_api_addr is an address without TLS.`,
    {
      "a peer to join": {
        "data server.hcl":
          'storage "raft" {\n retry_join {\n leader_api_addr = "http://vault-0:8200"\n }\n}',
      },
    },
  )
  .bad(
    "map",
    `V09 ${C}, data["agent.hcl"]: the agent's configuration names a Vault address without TLS.`,
    { "an agent's address": { "data agent.hcl": 'vault {\n address = "http://vault:8200"\n}' } },
  )
  .bad("map", `V10 ${C}, data["agent.hcl"]: ${NO_CHECK}`, {
    "an agent that skips verification": { "data agent.hcl": "vault {\n tls_skip_verify = true\n}" },
    "an agent with an unclear switch": { "data agent.hcl": 'vault {\n tls_skip_verify = "yes"\n}' },
  })
  .good("release", {
    "variables in values": {
      "values server extraEnvironmentVars": { VAULT_ADDR: "https://x", VAULT_SKIP_VERIFY: "0" },
    },
    "a variable by reference in values": { "values env": [{ name: "VAULT_ADDR", valueFrom: {} }] },
    "a variable's map in values": { "values VAULT_ADDR": { from: "x" } },
    "an empty external address": { "values global externalVaultAddr": "" },
    "an external address with https": {
      "values global externalVaultAddr": "https://vault.example.com",
    },
  })
  .bad("release", `V09 ${V}, values.server.extraEnvironmentVars.VAULT_API_ADDR: ${NO_TLS}`, {
    "a variable in a map of values": {
      "values server extraEnvironmentVars": { VAULT_API_ADDR: "http://x" },
    },
  })
  .bad("map", `V09 HelmChart "vault/vault-config", spec.valuesContent.env.VAULT_ADDR: ${NO_TLS}`, {
    "a variable in the values of another program's release": {
      "@type": "kubernetes:helm.cattle.io/v1:HelmChart",
      spec: { valuesContent: '{"env":{"VAULT_ADDR":"http://x"}}' },
    },
  })
  .bad("release", `V09 ${V}, values.env[0].value: ${NO_TLS}`, {
    "a variable in a list of values": { "values env": [{ name: "VAULT_ADDR", value: "http://x" }] },
  })
  .bad("release", `V10 ${V}, values.env.VAULT_SKIP_VERIFY: ${NO_CHECK}`, {
    "verification skipped in values": { "values env": { VAULT_SKIP_VERIFY: true } },
  })
  .bad(
    "release",
    [
      `V09 ${V}, values.podAnnotations["vault.hashicorp.com/service"]: ${NO_TLS}`,
      `V10 ${V}, values.podAnnotations["vault.hashicorp.com/tls-skip-verify"]: ${NO_CHECK}`,
    ],
    {
      "annotations in values": {
        "values podAnnotations": {
          "vault.hashicorp.com/service": "http://x",
          "vault.hashicorp.com/tls-skip-verify": "true",
        },
      },
    },
  )
  .bad("release", `V09 ${V}, values.injector.externalVaultAddr: ${NO_TLS}`, {
    "an external address with http": {
      "values injector externalVaultAddr": "http://vault.example.com",
    },
  })
  .bad(
    "release",
    `V09 ${V}, ${RAFT_PATH}: the configuration's api_addr is an address without TLS.`,
    { "api_addr in the chart's configuration": { [RAFT]: `${TLS}api_addr = "http://x:8200"` } },
  )
  .good("connection", {
    "another kind of that operator's": {
      "@type": "kubernetes:secrets.hashicorp.com/v1beta1:VaultAuth",
      "spec address": "http://vault:8200",
    },
    "a connection of another API": {
      "@type": "kubernetes:example.com/v1:VaultConnection",
      "spec address": "http://vault:8200",
    },
  })
  .bad(
    "connection",
    'V08 VaultConnection "shlink/vault", spec.address: the secret store does not reach Vault by https.',
    { "a connection without TLS": { "spec address": "http://vault:8200" } },
  )
  .bad(
    "connection",
    'V10 VaultConnection "shlink/vault", spec.skipTLSVerify: the client does not verify Vault\'s certificate.',
    { "a connection that does not verify": { "spec skipTLSVerify": true } },
  )
  .unknown("release", "values.env.VAULT_ADDR", {
    "a variable in values that is an output": { "values env": { VAULT_ADDR: UNKNOWN } },
  });
