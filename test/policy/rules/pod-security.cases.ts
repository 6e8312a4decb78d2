import { podSecurity } from "../../../policy/rules/pod-security.ts";
import { DEPLOYMENT, NAMESPACE } from "../support/fixtures/workloads.ts";
import { Cases, type Fixture, UNKNOWN } from "../support/suite.ts";

const enforcing = (level: string) => ({
  "metadata labels": { "pod-security.kubernetes.io/enforce": level },
});
const privilegedPodsIn = (namespace: string) =>
  `K18 Namespace "${namespace}", metadata.labels["pod-security.kubernetes.io/enforce"]: the namespace lets privileged pods in.`;
const privilegedPods = privilegedPodsIn("istio-cni");
const agentNamespace: Fixture = {
  type: "kubernetes:core/v1:Namespace",
  name: "istio-cni",
  props: {
    metadata: {
      name: "istio-cni",
      labels: { "pod-security.kubernetes.io/enforce": "privileged" },
    },
  },
};
const nodeAgent = (namespace: string, chart = "cni"): Fixture => ({
  type: "kubernetes:helm.sh/v3:Release",
  name: `${namespace}-${chart}`,
  props: { name: chart, chart, namespace, values: {} },
});
const podsBeside: Fixture = {
  ...DEPLOYMENT,
  props: { ...DEPLOYMENT.props, metadata: { name: "beside", namespace: "istio-cni" } },
};

export const suite = new Cases(podSecurity, { namespace: NAMESPACE })
  .good("namespace", {
    "the milder level": enforcing("baseline"),
    "a patch of a namespace": {
      "@type": "kubernetes:core/v1:NamespacePatch",
      "metadata labels": undefined,
    },
    "another API's namespace": {
      "@type": "kubernetes:example.com/v1:Namespace",
      "metadata labels": undefined,
    },
  })
  .add("privileged pods of the node agent", [agentNamespace, nodeAgent("istio-cni")], [], [])
  .add("privileged pods of nobody", [agentNamespace], [privilegedPods], [])
  .add(
    "privileged pods of a node agent elsewhere",
    [agentNamespace, nodeAgent("other")],
    [privilegedPods],
    [],
  )
  .add(
    "another chart beside the node agent",
    [agentNamespace, nodeAgent("istio-cni"), nodeAgent("istio-cni", "vault")],
    [privilegedPods],
    [],
  )
  .add(
    "pods beside the node agent",
    [agentNamespace, nodeAgent("istio-cni"), podsBeside],
    [privilegedPods],
    [],
  )
  .bad(
    "namespace",
    'K18 Namespace "shlink", metadata.labels["pod-security.kubernetes.io/enforce"]: the namespace enforces no Pod Security.',
    { "no label": { "metadata labels": undefined } },
  )
  .bad("namespace", privilegedPodsIn("shlink"), {
    "privileged pods": enforcing("privileged"),
    "a level that there is not": enforcing("strict"),
  })
  .unknown("namespace", 'metadata.labels["pod-security.kubernetes.io/enforce"]', {
    "a level that is an output": enforcing(UNKNOWN),
  });
