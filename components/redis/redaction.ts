import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { authFile, configMapName } from "./names.ts";
import { projectName } from "../../platform/project.ts";
import type { Settings } from "../../settings/index.ts";

/** API version in which the cluster has mutating admission policies; Kubernetes 1.36 has `v1`. */
export type MutatingAdmission = Settings["cluster"]["mutatingAdmission"];

/** Where the Redis pods have the Secret. */
export const authFolder = "/etc/redis-auth";

/** Redis' own form of the password, written by External Secrets. */
export const authConf = "masterauth {{ .password }}\nrequirepass {{ .password }}\n";

/**
 * The operator writes the password in clear into the ConfigMap with redis.conf. On its way into the cluster
 * the two lines give way to an include of the Secret's file; the operator never looks at what it wrote.
 */
export function redact(
  version: MutatingAdmission,
  namespace: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  if (version === "none") return [];
  // Policies of admission are in no namespace.
  const name = pulumi.interpolate`${projectName}-${namespace}-password`;
  const apiVersion = `admissionregistration.k8s.io/${version}`;
  const policy = new k8s.apiextensions.CustomResource(
    "redis-password",
    {
      apiVersion,
      kind: "MutatingAdmissionPolicy",
      metadata: { name },
      spec: redactionSpec(namespace),
    },
    opts,
  );
  const binding = new k8s.apiextensions.CustomResource(
    "redis-password-binding",
    {
      apiVersion,
      kind: "MutatingAdmissionPolicyBinding",
      metadata: { name },
      spec: { policyName: policy.metadata.name },
    },
    opts,
  );
  return [policy, binding];
}

export function redactionSpec(namespace: pulumi.Input<string>) {
  return {
    // Better no Redis than its password in clear.
    failurePolicy: "Fail",
    reinvocationPolicy: "Never",
    matchConstraints: {
      matchPolicy: "Equivalent",
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
      objectSelector: {},
      resourceRules: [
        {
          apiGroups: [""],
          apiVersions: ["v1"],
          operations: ["CREATE", "UPDATE"],
          resources: ["configmaps"],
          resourceNames: [configMapName],
          scope: "Namespaced",
        },
      ],
    },
    mutations: [{ patchType: "JSONPatch", jsonPatch: { expression: redaction } }],
  };
}

/** Repeating it changes nothing: an include that is already there gives way to the new one. */
const redaction = `[JSONPatch{
  op: "replace",
  path: "/data/redis.conf",
  value: object.data["redis.conf"].split("\\n")
    .filter(line, !line.matches("(?i)^\\\\s*(masterauth|requirepass|include)\\\\s"))
    .join("\\n") + "\\ninclude ${authFolder}/${authFile}"
}]`;
