/** Ways to change what runs without a policy seeing it. */

import { check } from "../engine/policy.ts";
import type { Policy } from "../engine/policy.ts";
import type { Resource } from "../engine/normalise.ts";

/** Inputs that the required policies read, by kind. */
const WATCHED: Record<string, string[]> = {
  Gateway: ["spec.servers", "spec.listeners"],
  ListenerSet: ["spec.listeners"],
  VirtualService: ["spec.hosts", "spec.gateways"],
  ServiceEntry: ["spec.hosts"],
  EnvoyFilter: ["spec.configPatches"],
  Ingress: ["spec.rules", "spec.defaultBackend", "spec.tls"],
  HTTPRoute: ["spec.hostnames", "spec.parentRefs"],
  GRPCRoute: ["spec.hostnames", "spec.parentRefs"],
  TLSRoute: ["spec.hostnames", "spec.parentRefs"],
  ConfigMap: ["data", "binaryData"],
  Secret: ["data", "stringData"],
  StatefulSet: ["spec.template"],
  Deployment: ["spec.template"],
  DaemonSet: ["spec.template"],
  ReplicaSet: ["spec.template"],
  Job: ["spec.template"],
  CronJob: ["spec.jobTemplate"],
  Pod: ["spec.containers", "spec.initContainers"],
  HelmRelease: ["spec.chart", "spec.values", "spec.valuesFrom"],
  Application: ["spec.source", "spec.sources"],
  ApplicationSet: ["spec.template"],
  HelmChart: ["spec.chart", "spec.set", "spec.valuesContent"],
  HelmChartConfig: ["spec.valuesContent"],
  VaultConnection: ["spec.address", "spec.skipTLSVerify"],
  VaultDynamicSecret: ["spec.provider"],
  SecretStore: ["spec.provider"],
  ClusterSecretStore: ["spec.provider"],
  Vault: ["spec.config"],
};

export const hiddenChanges: Policy = {
  name: "hidden-changes",
  title: "Nothing hides from the policies",
  description:
    "No release reuses old values or rewrites manifests after the fact, and no watched input is ignored.",
  severity: "critical",
  locked: true,
  tags: ["pulumi", "helm", "required"],
  checks: {
    S08: check(
      "the release takes values that are not in this program",
      "Old values or rewritten manifests come after the policies and can bring back what they refuse.",
      "Remove reuseValues and postrender, and state every value in the component.",
    ),
    S09: check(
      "ignoreChanges covers an input that the required policies read",
      "The engine then shows the old input, so a change made elsewhere is never judged again.",
      "Remove the path from ignoreChanges.",
    ),
  },
  checkResource(resource, judge) {
    if (resource.release !== undefined) {
      const { props } = resource.release;
      judge.when("S08", props.get("reuseValues"), (node) => node.isTrue());
      judge.when("S08", props.get("postrender"), (node) => node.known && node.value !== "");
    }
    for (const path of watched(resource)) {
      if (resource.opts.ignoreChanges.some((ignored) => overlaps(ignored, path))) {
        judge.report(
          "S09",
          resource.props.at(path),
          `ignoreChanges covers ${path}, which the required policies read`,
        );
      }
    }
  },
};

function watched(resource: Resource): string[] {
  if (resource.release !== undefined)
    return ["values", "valueYamlFiles", "postrender", "reuseValues"];
  if (resource.type === "pulumi:providers:vault") return ["address", "skipTlsVerify"];
  return resource.objects
    .filter((object) => object.direct)
    .flatMap((object) => WATCHED[object.kind] ?? []);
}

/** @param ignored a property path, also "*" or with wildcards in it */
function overlaps(ignored: string, path: string) {
  const segments = ignored
    .replace(/\["?([^"\]]*)"?\]/g, ".$1")
    .split(".")
    .filter((part) => part !== "");
  const wanted = path.split(".");
  const shared = Math.min(segments.length, wanted.length);
  return segments.slice(0, shared).every((part, index) => part === "*" || part === wanted[index]);
}
