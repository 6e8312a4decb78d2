/** Nothing goes around the engine, the cluster's checks or TLS. */

import { check } from "../engine/policy.ts";
import { containers, podTemplates } from "../engine/podspecs.ts";
import { walk } from "../engine/cursor.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { Cursor } from "../engine/cursor.ts";

const INSECURE =
  /(^|\s)(-tls-skip-verify|--insecure-skip-tls-verify|--insecure-skip-verify|--no-check-certificate)\b|\bcurl\b[^|;&]*\s(-\w*k\w*|--insecure)(\s|$)|\bPGSSLMODE=(disable|allow|prefer)\b|\bNODE_TLS_REJECT_UNAUTHORIZED=["']?0/;

export const escapeHatches: Policy = {
  name: "escape-hatches",
  title: "Nothing goes around the checks",
  description:
    "No local commands or dynamic resources, no command line that skips TLS, no default provider.",
  severity: "high",
  tags: ["pulumi"],
  checks: {
    S10: check(
      "the resource runs code that no policy can judge",
      "A shell command can do what every policy here refuses.",
      "Use a Job in the cluster, or a provider's resource.",
      "advisory",
    ),
    S10a: check(
      "the command skips the verification of TLS",
      "It then talks to whoever answers.",
      "Give the command the CA file instead.",
    ),
    S11: check(
      "the provider takes its cluster from the environment",
      "Whatever context the shell has today is changed.",
      "Pass the explicit provider that index.ts makes.",
    ),
    S11a: check(
      "a prod stack uses a cluster that is named like a local one",
      "Prod would be installed where nobody expects it, or the other way round.",
      "Set the stack's cluster.context to the production cluster.",
      "mandatory",
      "off",
    ),
  },
  checkResource(resource, judge) {
    const { type, name, props } = resource;
    if (/^(command:|pulumi-nodejs:dynamic)/.test(type)) {
      judge.report("S10", props);
      for (const node of walk(props)) insecure(node, judge);
    }
    if (type === "pulumi:providers:kubernetes") provider(name, props, judge);
    for (const { spec } of podTemplates(resource)) {
      for (const container of containers(spec)) {
        for (const key of ["command", "args"])
          for (const word of container.get(key).items()) insecure(word, judge);
      }
    }
  },
};

function insecure(node: Cursor, judge: Judge) {
  if (INSECURE.test(node.text())) judge.report("S10a", node);
}

function provider(name: string, props: Cursor, judge: Judge) {
  const context = props.get("context");
  // A provider that writes files instead reaches no cluster.
  const sources = ["context", "kubeconfig", "renderYamlToDirectory"];
  const implicit = sources.every((key) => props.get(key).absent);
  if (implicit || /^default(_|$)/.test(name)) judge.report("S11", props);
  judge.when("S11a", context, (node) =>
    /(^|[-_])(local|dev|minikube|kind|docker-desktop|k3d)($|[-_])/.test(node.text()),
  );
}
