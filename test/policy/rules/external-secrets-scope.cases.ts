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
  .good("secret", {
    "the default interval": { "spec refreshInterval": undefined },
    "a whole path of one's own": { "spec dataFrom": [{ extract: { key: "shlink/a" } }] },
    "a pattern that says something": {
      "spec dataFrom": [{ find: { name: { regexp: "shlink-.*" } } }],
    },
    "another API": {
      "@type": "kubernetes:example.com/v1:ExternalSecret",
      "spec refreshInterval": "0",
    },
  })
  .good("operator", { "another chart": { chart: "web", "values replicaCount": 1 } })
  .bad(
    "secret",
    'E04 ExternalSecret "shlink/shlink", spec.refreshInterval: the secret is never or too seldom read again, or too often.',
    {
      never: { "spec refreshInterval": "0" },
      "too often": { "spec refreshInterval": "10s" },
      "too seldom": { "spec refreshInterval": "24h1m" },
    },
  )
  .bad(
    "secret",
    'E06 ExternalSecret "shlink/shlink", spec.target.deletionPolicy: the copied Secret is deleted together with its source.',
    { "deleted with its source": { "spec target deletionPolicy": "Delete" } },
  )
  .bad(
    "secret",
    'E10 ExternalSecret "shlink/shlink", spec.dataFrom[0].find.name.regexp: everything that matches is copied.',
    { "everything by a pattern": { "spec dataFrom": [{ find: { name: { regexp: ".*" } } }] } },
  )
  .bad(
    "secret",
    'E10 ExternalSecret "shlink/shlink", spec.dataFrom[0].find: everything that matches is copied.',
    { everything: { "spec dataFrom": [{ find: { path: "a" } }] } },
  )
  .bad(
    "secret",
    'E10 ClusterExternalSecret "shlink/shlink", spec.externalSecretSpec.dataFrom[0].find: everything that matches is copied.',
    {
      "everything in every namespace": {
        "@type": "kubernetes:external-secrets.io/v1:ClusterExternalSecret",
        "spec externalSecretSpec": { dataFrom: [{ find: { path: "a" } }] },
      },
    },
  )
  .bad(
    "operator",
    'E09 Helm release "external-secrets-system/external-secrets" (chart external-secrets), values.replicaCount: the operator runs alone.',
    {
      "one operator": { "values replicaCount": 1 },
      "the chart's number of operators": { "values replicaCount": undefined },
    },
  )
  .unknown("secret", "spec.dataFrom[0].find.name.regexp", {
    "a pattern that is an output": { "spec dataFrom": [{ find: { name: { regexp: UNKNOWN } } }] },
  });
