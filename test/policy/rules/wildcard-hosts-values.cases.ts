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
  .good("release", {
    "a section that is off": { "values ingress": { enabled: false, hosts: ["*"] } },
    "a host that is no name of ours": { "values database host": "*" },
    "an empty host of a section that is not on": { "values ingress": { hosts: [{ host: "" }] } },
    "no values": { values: undefined },
    "values of something else than a release": {
      "@type": "kubernetes:core/v1:ConfigMap",
      "values ingress hosts": ["*"],
    },
    "a values file that the values correct": {
      valueYamlFiles: [{ text: "ingress:\n  hosts: ['*']\n" }],
    },
  })
  .bad("release", `W13 HelmRelease "shlink/web", spec.values.ingress.hosts[0]: ${RENDERS}`, {
    "a wildcard in a release of another program": {
      "@type": "kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease",
      metadata: { name: "web", namespace: "shlink" },
      spec: { values: { ingress: { hosts: ["*"] } } },
    },
  })
  .bad("release", `W13 ${RL}, values.ingress.hosts[0]: ${RENDERS}`, {
    "a wildcard in a list": { "values ingress hosts": ["*"] },
    "everything of a namespace": { "values ingress hosts": ["./*"] },
  })
  .bad("release", `W13 ${RL}, values.ingress.hosts[0].host: ${RENDERS}`, {
    "a wildcard in a map of a list": { "values ingress hosts 0 host": "*" },
    "an empty host of a section that is on": { "values ingress hosts 0 host": "" },
    "a null host of a section that is on": { "values ingress hosts 0 host": null },
  })
  .bad("release", `W13 ${RL}, values.hosts[0]: ${RENDERS}`, {
    "hosts in no section": { "values hosts": ["*"] },
  })
  .bad("release", `W13 ${RL}, values.httpRoute.hostnames: ${RENDERS}`, {
    "hostnames of a chart of another version": {
      "@type": "kubernetes:helm.sh/v4:Chart",
      "values httpRoute": { hostnames: "*" },
    },
  })
  .bad("release", `W13 ${RL}, values.gateway.public.domain: ${RENDERS}`, {
    "a domain deep in a section": { "values gateway": { public: { domain: "*" } } },
  })
  .bad("release", `W13 ${RL}, values.ingress.extra.hosts[0]: ${RENDERS}`, {
    "an empty host below a section that is on": { "values ingress extra": { hosts: [""] } },
  })
  .bad(
    "release",
    `W03 ${RL}, values.ingress.hosts[0]: the value is a wildcard below a public suffix.`,
    { "a public suffix": { "values ingress hosts": ["*.dev"] } },
  )
  .bad("release", `W13 ${RL}, values.route.hosts[0]: ${RENDERS}`, {
    "a values file": { valueYamlFiles: [{ text: "route:\n  hosts: ['*']\n  other: 1\n" }] },
  })
  .unknown("release", "values", { "values that are an output": { values: UNKNOWN } })
  .unknown("release", "values.ingress", {
    "a section that is an output": { "values ingress": UNKNOWN },
  })
  .unknown("release", "values.ingress.hosts[0]", {
    "a host that is an output": { "values ingress hosts": [UNKNOWN] },
  })
  .unknown("release", "valueYamlFiles", {
    "a values file that is not here": { valueYamlFiles: [{ path: "./values.yaml" }] },
  });
