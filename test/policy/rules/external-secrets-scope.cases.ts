import { externalSecretsScope } from "../../../policy/rules/external-secrets-scope.ts";
import { release } from "../support/fixtures/releases.ts";
import { Cases, type Fixture, UNKNOWN } from "../support/suite.ts";

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

export const suite = new Cases(externalSecretsScope, {
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
