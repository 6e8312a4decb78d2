/** Charts come from where we think, in the version we think. */

import { check } from "../engine/policy.ts";
import type { Policy } from "../engine/policy.ts";

const LOCAL = /^\.{0,2}\//;
const ARCHIVE = /\.tgz$/;
const PIN = /^v?\d+\.\d+\.\d+([-+][\w.+-]+)?$/;

export const helmSource: Policy = {
  name: "helm-source",
  title: "Charts are pinned",
  description: "Helm releases name one exact chart version from an https or OCI source.",
  severity: "high",
  tags: ["helm", "supply-chain"],
  checks: {
    S08a: check(
      "the chart has no exact version",
      "The next up installs whatever is newest then, in dev and prod on different days.",
      "State the version in platform/charts.ts.",
    ),
    S08b: check(
      "the chart comes without TLS",
      "Whoever is on the path can replace it.",
      "Use the https address.",
    ),
    S08c: check(
      "the release skips the chart's own safeguards",
      "Disabled hooks, CRDs or forced updates leave a state that no chart author has tested.",
      "Remove the switch.",
      "advisory",
    ),
  },
  checkResource({ release }, judge) {
    if (release === undefined) return;
    const { props } = release;
    const chart = props.get("chart");
    const bundled = LOCAL.test(chart.text()) || ARCHIVE.test(chart.text());
    if (!bundled) judge.when("S08a", props.get("version"), (node) => !PIN.test(node.text()));
    judge.when("S08a", props.get("devel"), (node) => node.isTrue());
    for (const node of [
      chart,
      props.at("repositoryOpts.repo"),
      props.at("repositoryOpts.repository"),
    ]) {
      judge.when("S08b", node, (source) => /^\s*http:/i.test(source.text()));
    }
    for (const key of ["disableWebhooks", "forceUpdate", "disableOpenapiValidation"]) {
      judge.when("S08c", props.get(key), (node) => node.isTrue());
    }
  },
};
