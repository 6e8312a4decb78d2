import { wildcardHostsValues } from "../../../policy/rules/wildcard-hosts-values.ts";
import { Cases, type Fixture, UNKNOWN } from "../support/suite.ts";

const RELEASE: Fixture = {
  type: "kubernetes:helm.sh/v3:Release",
  name: "web",
  props: {
    chart: "web",
    version: "1.2.3",
    namespace: "shlink",
    values: {
      ingress: { enabled: true, hosts: [{ host: "s.example.com", paths: ["/"] }] },
      database: { host: "" },
      cors: { origin: "*" },
    },
  },
};
const RL = 'Helm release "shlink/web" (chart web)';
const RENDERS = "the value makes the chart answer to every host name.";

export const suite = new Cases(wildcardHostsValues, { release: RELEASE })
  .good("a section that is off", "release", {
    "values ingress": { enabled: false, hosts: ["*"] },
  })
  .good("a host that is no name of ours", "release", { "values database host": "*" })
  .good("an empty host of a section that is not on", "release", {
    "values ingress": { hosts: [{ host: "" }] },
  })
  .good("no values", "release", { values: undefined })
  .good("values of something else than a release", "release", {
    "@type": "kubernetes:core/v1:ConfigMap",
    "values ingress hosts": ["*"],
  })
  .bad(
    "a wildcard in a release of another program",
    "release",
    {
      "@type": "kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease",
      metadata: { name: "web", namespace: "shlink" },
      spec: { values: { ingress: { hosts: ["*"] } } },
    },
    `W13 HelmRelease "shlink/web", spec.values.ingress.hosts[0]: ${RENDERS}`,
  )
  .bad(
    "a wildcard in a list",
    "release",
    { "values ingress hosts": ["*"] },
    `W13 ${RL}, values.ingress.hosts[0]: ${RENDERS}`,
  )
  .bad(
    "a wildcard in a map of a list",
    "release",
    { "values ingress hosts 0 host": "*" },
    `W13 ${RL}, values.ingress.hosts[0].host: ${RENDERS}`,
  )
  .bad(
    "everything of a namespace",
    "release",
    { "values ingress hosts": ["./*"] },
    `W13 ${RL}, values.ingress.hosts[0]: ${RENDERS}`,
  )
  .bad(
    "hosts in no section",
    "release",
    { "values hosts": ["*"] },
    `W13 ${RL}, values.hosts[0]: ${RENDERS}`,
  )
  .bad(
    "hostnames of a chart of another version",
    "release",
    {
      "@type": "kubernetes:helm.sh/v4:Chart",
      "values httpRoute": { hostnames: "*" },
    },
    `W13 ${RL}, values.httpRoute.hostnames: ${RENDERS}`,
  )
  .bad(
    "a domain deep in a section",
    "release",
    { "values gateway": { public: { domain: "*" } } },
    `W13 ${RL}, values.gateway.public.domain: ${RENDERS}`,
  )
  .bad(
    "an empty host of a section that is on",
    "release",
    { "values ingress hosts 0 host": "" },
    `W13 ${RL}, values.ingress.hosts[0].host: ${RENDERS}`,
  )
  .bad(
    "a null host of a section that is on",
    "release",
    { "values ingress hosts 0 host": null },
    `W13 ${RL}, values.ingress.hosts[0].host: ${RENDERS}`,
  )
  .bad(
    "an empty host below a section that is on",
    "release",
    { "values ingress extra": { hosts: [""] } },
    `W13 ${RL}, values.ingress.extra.hosts[0]: ${RENDERS}`,
  )
  .bad(
    "a public suffix",
    "release",
    { "values ingress hosts": ["*.dev"] },
    `W03 ${RL}, values.ingress.hosts[0]: the value is a wildcard below a public suffix.`,
  )
  .bad(
    "a values file",
    "release",
    {
      valueYamlFiles: [{ text: "route:\n  hosts: ['*']\n  other: 1\n" }],
    },
    `W13 ${RL}, values.route.hosts[0]: ${RENDERS}`,
  )
  .good("a values file that the values correct", "release", {
    valueYamlFiles: [{ text: "ingress:\n  hosts: ['*']\n" }],
  })
  .unknown("values that are an output", "release", { values: UNKNOWN }, "values")
  .unknown(
    "a section that is an output",
    "release",
    { "values ingress": UNKNOWN },
    "values.ingress",
  )
  .unknown(
    "a host that is an output",
    "release",
    { "values ingress hosts": [UNKNOWN] },
    "values.ingress.hosts[0]",
  )
  .unknown(
    "a values file that is not here",
    "release",
    { valueYamlFiles: [{ path: "./values.yaml" }] },
    "valueYamlFiles",
  );
