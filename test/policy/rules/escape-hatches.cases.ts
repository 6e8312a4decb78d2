import { escapeHatches } from "../../../policy/rules/escape-hatches.ts";
import { CONTAINER, JOB } from "../support/fixtures/workloads.ts";
import { Cases, type Fixture, UNKNOWN } from "../support/suite.ts";

const PROVIDER: Fixture = {
  type: "pulumi:providers:kubernetes",
  name: "kubernetes",
  props: { context: "shlink-prod" },
};

export const suite = new Cases(escapeHatches, { job: JOB, provider: PROVIDER })
  .good("a kubeconfig", "provider", { context: undefined, kubeconfig: "apiVersion: v1" })
  .good("a folder that manifests are written to", "provider", {
    context: undefined,
    renderYamlToDirectory: "manifests",
  })
  .good("curl that verifies", "job", {
    [`${CONTAINER} command`]: ["sh", "-c", "curl -fsS --cacert /ca https://a/k"],
  })
  .bad(
    "a local command",
    "job",
    { "@type": "command:local:Command", spec: undefined, create: "make all" },
    'S10 command:local:Command "migration": the resource runs code that no policy can judge.',
  )
  .bad(
    "a dynamic resource",
    "job",
    { "@type": "pulumi-nodejs:dynamic:Resource", spec: undefined },
    'S10 pulumi-nodejs:dynamic:Resource "migration": the resource runs code that no policy can judge.',
  )
  .bad(
    "a local command without TLS checks",
    "job",
    {
      "@type": "command:remote:Command",
      spec: undefined,
      create: "vault login -tls-skip-verify",
    },
    'S10 command:remote:Command "migration": the resource runs code that no policy can judge.',
    'S10a command:remote:Command "migration", create: the command skips the verification of TLS.',
  )
  .bad(
    "curl that skips them",
    "job",
    { [`${CONTAINER} command`]: ["sh", "-c", "curl -sk https://a"] },
    'S10a Job "shlink/migration", spec.template.spec.containers[0].command[2]: the command skips the verification of TLS.',
  )
  .bad(
    "kubectl that skips them",
    "job",
    { [`${CONTAINER} args`]: ["--insecure-skip-tls-verify"] },
    'S10a Job "shlink/migration", spec.template.spec.containers[0].args[0]: the command skips the verification of TLS.',
  )
  .bad(
    "the shell's cluster",
    "provider",
    { context: undefined },
    'S11 pulumi:providers:kubernetes "kubernetes": the provider takes its cluster from the environment.',
  )
  .bad(
    "the default provider",
    "provider",
    { "@name": "default_4_25_0" },
    'S11 pulumi:providers:kubernetes "default_4_25_0": the provider takes its cluster from the environment.',
  )
  .bad(
    "a local cluster",
    "provider",
    { context: "shlink-local" },
    'S11a pulumi:providers:kubernetes "kubernetes", context: a prod stack uses a cluster that is named like a local one.',
  )
  .unknown("a context that is an output", "provider", { context: UNKNOWN }, "context");
