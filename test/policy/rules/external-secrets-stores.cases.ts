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
