import { helmSource } from "../../../policy/rules/helm-source.ts";
import { VAULT } from "../support/fixtures/vault.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

export const suite = new Cases(helmSource, { release: VAULT })
  .good("a chart of our own", "release", {
    chart: "./components/janitor/chart",
    version: undefined,
  })
  .good("an archive", "release", { chart: ".local/charts/vault-0.34.1.tgz", version: undefined })
  .good("no chart at all", "release", {
    "@type": "kubernetes:core/v1:ConfigMap",
    version: undefined,
  })
  .bad(
    "no version",
    "release",
    { version: undefined },
    'S08a Helm release "vault/vault" (chart vault), version: the chart has no exact version.',
  )
  .bad(
    "a range",
    "release",
    { version: "^0.34.0" },
    'S08a Helm release "vault/vault" (chart vault), version: the chart has no exact version.',
  )
  .bad(
    "development versions",
    "release",
    { devel: true },
    'S08a Helm release "vault/vault" (chart vault), devel: the chart has no exact version.',
  )
  .bad(
    "http",
    "release",
    { "repositoryOpts repo": "http://helm.example.com" },
    'S08b Helm release "vault/vault" (chart vault), repositoryOpts.repo: the chart comes without TLS.',
  )
  .bad(
    "a chart by http",
    "release",
    { chart: "http://example.com/vault-1.0.0.tgz" },
    'S08b Helm release "vault/vault" (chart vault), chart: the chart comes without TLS.',
  )
  .bad(
    "no hooks",
    "release",
    { disableWebhooks: true },
    'S08c Helm release "vault/vault" (chart vault), disableWebhooks: the release skips the chart\'s own safeguards.',
  )
  .bad(
    "forced updates",
    "release",
    { forceUpdate: true },
    'S08c Helm release "vault/vault" (chart vault), forceUpdate: the release skips the chart\'s own safeguards.',
  )
  .unknown("a version that is an output", "release", { version: UNKNOWN }, "version");
