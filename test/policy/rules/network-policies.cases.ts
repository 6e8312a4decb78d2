import { networkPolicies } from "../../../policy/rules/network-policies.ts";
import { DEPLOYMENT, JOB } from "../support/fixtures/workloads.ts";
import { type Fixture, StackCases, UNKNOWN } from "../support/suite.ts";

const NETWORK: Fixture = {
  type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  name: "shlink",
  props: {
    metadata: { name: "shlink", namespace: "shlink" },
    spec: { podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] },
  },
};

const CILIUM = {
  "@type": "kubernetes:cilium.io/v2:CiliumNetworkPolicy",
  "spec ingress": [{ fromEntities: ["kube-apiserver"] }],
};

export const suite = new StackCases(networkPolicies, {
  deployment: DEPLOYMENT,
  policy: NETWORK,
  job: JOB,
})
  .good("a policy that lets nobody in", { policy: { "spec ingress": undefined } })
  .good("a Job alone", { deployment: undefined, policy: undefined })
  .bad("no policy", { policy: undefined }, [
    'K16 Deployment "shlink/shlink": no NetworkPolicy selects the pods of the namespace.',
  ])
  .bad("a policy of another namespace", { policy: { "metadata namespace": "other" } }, [
    'K16 Deployment "shlink/shlink": no NetworkPolicy selects the pods of the namespace.',
  ])
  .bad("everybody let in", { policy: { "spec ingress": [{}] } }, [
    'K16a NetworkPolicy "shlink/shlink", spec.ingress[0]: the NetworkPolicy lets everybody in.',
  ])
  .good("a policy of Cilium alone", { policy: CILIUM })
  .bad(
    "everybody let in by Cilium",
    { policy: { ...CILIUM, "spec ingress": [{ fromEntities: ["all"] }] } },
    [
      'K16a CiliumNetworkPolicy "shlink/shlink", spec.ingress[0].fromEntities[0]: the NetworkPolicy lets everybody in.',
    ],
  )
  .bad(
    "the whole cluster let in by Cilium",
    { policy: { ...CILIUM, "spec ingress": [{ fromEntities: ["cluster"] }] } },
    [
      'K16a CiliumNetworkPolicy "shlink/shlink", spec.ingress[0].fromEntities[0]: the NetworkPolicy lets everybody in.',
    ],
  )
  .unknown(
    "an entity that is an output",
    { policy: { ...CILIUM, "spec ingress": [{ fromEntities: [UNKNOWN] }] } },
    ["spec.ingress[0].fromEntities[0]"],
  )
  .unknown("a rule that is an output", { policy: { "spec ingress": [UNKNOWN] } }, [
    "spec.ingress[0]",
  ]);
