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
  .good("the milder level", "namespace", enforcing("baseline"))
  .good("a patch of a namespace", "namespace", {
    "@type": "kubernetes:core/v1:NamespacePatch",
    "metadata labels": undefined,
  })
  .good("another API's namespace", "namespace", {
    "@type": "kubernetes:example.com/v1:Namespace",
    "metadata labels": undefined,
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
    "no label",
    "namespace",
    { "metadata labels": undefined },
    'K18 Namespace "shlink", metadata.labels["pod-security.kubernetes.io/enforce"]: the namespace enforces no Pod Security.',
  )
  .bad("privileged pods", "namespace", enforcing("privileged"), privilegedPodsIn("shlink"))
  .bad("a level that there is not", "namespace", enforcing("strict"), privilegedPodsIn("shlink"))
  .unknown(
    "a level that is an output",
    "namespace",
    enforcing(UNKNOWN),
    'metadata.labels["pod-security.kubernetes.io/enforce"]',
  );
