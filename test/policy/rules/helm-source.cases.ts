import { helmSource } from "../../../policy/rules/helm-source.ts";
import { VAULT } from "../support/fixtures/vault.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

export const suite = new Cases(helmSource, { release: VAULT })
  .good("release", {
    "a chart of our own": { chart: "./components/janitor/chart", version: undefined },
    "an archive": { chart: ".local/charts/vault-0.34.1.tgz", version: undefined },
    "no chart at all": { "@type": "kubernetes:core/v1:ConfigMap", version: undefined },
  })
  .bad(
    "release",
    'S08a Helm release "vault/vault" (chart vault), version: the chart has no exact version.',
    {
      "no version": { version: undefined },
      "a range": { version: "^0.34.0" },
    },
  )
  .bad(
    "release",
    'S08a Helm release "vault/vault" (chart vault), devel: the chart has no exact version.',
    { "development versions": { devel: true } },
  )
  .bad(
    "release",
    'S08b Helm release "vault/vault" (chart vault), repositoryOpts.repo: the chart comes without TLS.',
    { http: { "repositoryOpts repo": "http://helm.example.com" } },
  )
  .bad(
    "release",
    'S08b Helm release "vault/vault" (chart vault), chart: the chart comes without TLS.',
    { "a chart by http": { chart: "http://example.com/vault-1.0.0.tgz" } },
  )
  .bad(
    "release",
    'S08c Helm release "vault/vault" (chart vault), disableWebhooks: the release skips the chart\'s own safeguards.',
    { "no hooks": { disableWebhooks: true } },
  )
  .bad(
    "release",
    'S08c Helm release "vault/vault" (chart vault), forceUpdate: the release skips the chart\'s own safeguards.',
    { "forced updates": { forceUpdate: true } },
  )
  .unknown("release", "version", { "a version that is an output": { version: UNKNOWN } });
