import { externalSecretsStores } from "../../../policy/rules/external-secrets-stores.ts";
import { Cases, type Fixture, UNKNOWN } from "../support/suite.ts";

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

export const suite = new Cases(externalSecretsStores, { store: STORE, cluster: CLUSTER })
  .good("store", {
    "plaintext, which another policy refuses": { [S]: { server: "http://vault", auth: {} } },
    "an authority in a Secret": {
      [`${S} caBundle`]: undefined,
      [`${S} caProvider`]: { name: "a" },
    },
  })
  .good("cluster", {
    "a selector": { "spec conditions": [{ namespaceSelector: { matchLabels: { a: "b" } } }] },
    "a pattern that says something": { "spec conditions": [{ namespaceRegexes: ["shlink-.*"] }] },
    "another API": { "@type": "kubernetes:example.com/v1beta1:ClusterSecretStore", spec: {} },
  })
  .bad(
    "store",
    'E02 SecretStore "shlink/vault-backend", spec.provider.vault: the store trusts no CA of its own for Vault.',
    { "no authority": { [`${S} caBundle`]: undefined } },
  )
  .bad(
    "store",
    'E07 SecretStore "shlink/vault-backend", spec.provider.vault.auth.tokenSecretRef: the store logs in with a stored credential.',
    { "a stored token": { [`${S} auth tokenSecretRef`]: { name: "a" } } },
  )
  .bad(
    "store",
    'E07 SecretStore "shlink/vault-backend", spec.provider.vault.auth.appRole: the store logs in with a stored credential.',
    { "an AppRole": { [`${S} auth appRole`]: { roleId: "a" } } },
  )
  .bad(
    "store",
    'E07a SecretStore "shlink/vault-backend", spec.provider.vault.auth.kubernetes.serviceAccountRef.audiences: the service account\'s token has no audience.',
    { "no audience": { [`${S} auth kubernetes serviceAccountRef`]: { name: "a" } } },
  )
  .bad(
    "store",
    'E05 SecretStore "shlink/vault-backend", apiVersion: the API version is no longer served.',
    { "an old version": { "@type": "kubernetes:external-secrets.io/v1beta1:SecretStore" } },
  )
  .bad(
    "cluster",
    'E03 ClusterSecretStore "shlink/vault-backend", spec.conditions: every namespace may use the store.',
    { "no conditions": { spec: {} } },
  )
  .bad(
    "cluster",
    'E03 ClusterSecretStore "shlink/vault-backend", spec.conditions[0].namespaceRegexes[0]: every namespace may use the store.',
    { "conditions that all meet": { "spec conditions": [{ namespaceRegexes: [".*"] }] } },
  )
  .bad(
    "cluster",
    'E03 ClusterSecretStore "shlink/vault-backend", spec.conditions[0].namespaceSelector: every namespace may use the store.',
    { "a selector that selects all": { "spec conditions": [{ namespaceSelector: {} }] } },
  )
  .unknown("cluster", "spec.conditions", {
    "conditions that are an output": { "spec conditions": UNKNOWN },
  });
