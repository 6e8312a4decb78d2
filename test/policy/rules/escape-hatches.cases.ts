import { escapeHatches } from "../../../policy/rules/escape-hatches.ts";
import { CONTAINER, JOB } from "../support/fixtures/workloads.ts";
import { Cases, type Fixture, UNKNOWN } from "../support/suite.ts";

const PROVIDER: Fixture = {
  type: "pulumi:providers:kubernetes",
  name: "kubernetes",
  props: { context: "shlink-prod" },
};

export const suite = new Cases(escapeHatches, { job: JOB, provider: PROVIDER })
  .good("provider", {
    "a kubeconfig": { context: undefined, kubeconfig: "apiVersion: v1" },
    "a folder that manifests are written to": {
      context: undefined,
      renderYamlToDirectory: "manifests",
    },
  })
  .good("job", {
    "curl that verifies": {
      [`${CONTAINER} command`]: ["sh", "-c", "curl -fsS --cacert /ca https://a/k"],
    },
  })
  .bad(
    "job",
    'S10 command:local:Command "migration": the resource runs code that no policy can judge.',
    {
      "a local command": { "@type": "command:local:Command", spec: undefined, create: "make all" },
    },
  )
  .bad(
    "job",
    'S10 pulumi-nodejs:dynamic:Resource "migration": the resource runs code that no policy can judge.',
    { "a dynamic resource": { "@type": "pulumi-nodejs:dynamic:Resource", spec: undefined } },
  )
  .bad(
    "job",
    [
      'S10 command:remote:Command "migration": the resource runs code that no policy can judge.',
      'S10a command:remote:Command "migration", create: the command skips the verification of TLS.',
    ],
    {
      "a local command without TLS checks": {
        "@type": "command:remote:Command",
        spec: undefined,
        create: "vault login -tls-skip-verify",
      },
    },
  )
  .bad(
    "job",
    'S10a Job "shlink/migration", spec.template.spec.containers[0].command[2]: the command skips the verification of TLS.',
    { "curl that skips them": { [`${CONTAINER} command`]: ["sh", "-c", "curl -sk https://a"] } },
  )
  .bad(
    "job",
    'S10a Job "shlink/migration", spec.template.spec.containers[0].args[0]: the command skips the verification of TLS.',
    { "kubectl that skips them": { [`${CONTAINER} args`]: ["--insecure-skip-tls-verify"] } },
  )
  .bad(
    "provider",
    'S11 pulumi:providers:kubernetes "kubernetes": the provider takes its cluster from the environment.',
    { "the shell's cluster": { context: undefined } },
  )
  .bad(
    "provider",
    'S11 pulumi:providers:kubernetes "default_4_25_0": the provider takes its cluster from the environment.',
    { "the default provider": { "@name": "default_4_25_0" } },
  )
  .bad(
    "provider",
    'S11a pulumi:providers:kubernetes "kubernetes", context: a prod stack uses a cluster that is named like a local one.',
    { "a local cluster": { context: "shlink-local" } },
  )
  .unknown("provider", "context", { "a context that is an output": { context: UNKNOWN } });
