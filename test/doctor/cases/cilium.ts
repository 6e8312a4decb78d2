import type { CiliumPolicy, CiliumRules, Facts } from "../../../doctor/facts.ts";
import type { Case, QuietCase } from "./case.ts";

const id = "network-policy-blocks";
const shlink = { matchLabels: { app: "shlink" } };
const kubePrefix = { matchLabels: { "k8s:app": "shlink" } };
const ofNamespace = "io.kubernetes.pod.namespace";
const gateway = { matchLabels: { "k8s:istio": "ingressgateway", [ofNamespace]: "istio-ingress" } };
const on = (port: string, more: { protocol?: string; endPort?: number } = {}) => ({
  toPorts: [{ ports: [{ port, ...more }] }],
});

/** A cluster of Cilium's with a policy of another team, for the whole cluster or for a namespace. */
const cilium =
  (spec: CiliumRules, namespace?: string, more: Partial<CiliumPolicy> = {}) =>
  (facts: Facts) => {
    facts.definitions.push("ciliumnetworkpolicies.cilium.io");
    const metadata = { name: "theirs", ...(namespace !== undefined && { namespace }) };
    facts.ciliumPolicies.push({ metadata, spec, ...more });
  };

/** The same where the stack has no policies of its own, as with `cluster.networkPolicies: none`. */
const alone =
  (...policy: Parameters<typeof cilium>) =>
  (facts: Facts) => {
    facts.networkPolicies = [];
    cilium(...policy)(facts);
  };

const denied = (section: NonNullable<CiliumRules["ingressDeny"]>[number], namespace?: string) =>
  cilium({ endpointSelector: shlink, ingressDeny: [section] }, namespace);

/** As Cilium's documentation has it: nothing but questions for names. */
const onlyNames: CiliumRules = {
  endpointSelector: {
    matchExpressions: [{ key: ofNamespace, operator: "NotIn", values: ["kube-system"] }],
  },
  egress: [
    {
      toEndpoints: [{ matchLabels: { [ofNamespace]: "kube-system", "k8s-app": "kube-dns" } }],
      ...on("53", { protocol: "UDP" }),
    },
  ],
};

export const cases: Case[] = [
  {
    id,
    what: "a policy of Cilium's that denies everything, which no other can allow again",
    change: denied({ fromEntities: ["all"] }),
    says: /^gateway to shlink, port 8080 .*, which CiliumClusterwideNetworkPolicy theirs denies$/m,
    link: "shlink",
  },
  {
    id,
    what: "one of Shlink's namespace that denies its way to another",
    change: cilium(
      {
        endpointSelector: kubePrefix,
        egressDeny: [{ toEndpoints: [{ matchLabels: { [`k8s:${ofNamespace}`]: "redis" } }] }],
      },
      "shlink",
    ),
    says: /^shlink to sentinel, port 26379 .*, which CiliumNetworkPolicy shlink\/theirs denies$/m,
    link: "redis",
  },
  {
    id,
    what: "one that denies a range of ports, among several sets of rules",
    change: cilium({ endpointSelector: { matchLabels: { app: "other" } } }, "shlink", {
      specs: [
        {
          endpointSelector: {},
          ingressDeny: [{ fromEndpoints: [gateway], ...on("8000", { endPort: 9000 }) }],
        },
      ],
    }),
    says: /^gateway to shlink, port 8080/m,
    link: "shlink",
  },
  {
    id,
    what: "one of the whole cluster that denies pods of every namespace on all ports",
    change: denied({
      fromEndpoints: [{ matchLabels: { istio: "ingressgateway" } }],
      ...on("0", { protocol: "TCP" }),
    }),
    says: /^gateway to shlink, port 8080/m,
    link: "shlink",
  },
  {
    id,
    what: "one that denies on an empty list of ports, which is all of them",
    change: denied({ fromEntities: ["all"], toPorts: [] }),
    says: /^gateway to shlink, port 8080/m,
    link: "shlink",
  },
  {
    id,
    what: "one that closes all pods of a stack without policies",
    change: alone(onlyNames),
    says: /^shlink to sentinel, port 26379 \([^)]*\)$/m,
    link: "redis",
  },
  {
    id,
    what: "one that closes pods and says so itself",
    change: alone({ endpointSelector: shlink, enableDefaultDeny: { ingress: true } }, "shlink"),
    says: /^gateway to shlink, port 8080/m,
    link: "shlink",
  },
];

/** Closes Shlink's pods in the place of the stack's own policies, and lets this in. */
const letsIn = (section: NonNullable<CiliumRules["ingress"]>[number]) =>
  alone({ endpointSelector: shlink, ingress: [section] }, "shlink");

/** The stack's own policy for Shlink is gone, and one of Cilium's lets in and out instead what is needed. */
const inPlace = (facts: Facts) => {
  facts.networkPolicies = facts.networkPolicies.filter(
    ({ metadata: { name, namespace } }) => namespace !== "shlink" || name === "closed",
  );
  const cluster = { fromEntities: ["cluster"] };
  const selector = { endpointSelector: {}, egress: [{ toEntities: ["cluster"] }] };
  cilium({ ...selector, ingress: [cluster] }, "shlink")(facts);
};

const others = { matchLabels: { team: "reports" } };

export const quiet: QuietCase[] = (
  [
    ["denies another port", denied({ fromEntities: ["all"], ...on("9090") })],
    ["denies another protocol", denied({ fromEntities: ["all"], ...on("0", { protocol: "UDP" }) })],
    ["denies a port by its name", denied({ fromEntities: ["all"], ...on("http") })],
    ["denies the world outside", denied({ fromEntities: ["world"] })],
    ["denies other pods", denied({ fromEndpoints: [others] })],
    ["denies the pods of its own namespace", denied({ fromEndpoints: [{}] }, "shlink")],
    ["denies what only others must say", denied({ fromRequires: [gateway] } as object)],
    ["denies with an empty rule", denied({})],
    ["denies in another namespace", denied({ fromEntities: ["all"] }, "vault")],
    [
      "denies pods by a label that only some have",
      cilium({ endpointSelector: others, ingressDeny: [{ fromEntities: ["all"] }] }),
    ],
    ["is for nodes", cilium({ ingressDeny: [{ fromEntities: ["all"] }] })],
    [
      "Cilium cannot read",
      cilium({ endpointSelector: {}, ingressDeny: [{ fromEntities: ["all"] }] }, undefined, {
        status: { conditions: [{ type: "Valid", status: "False" }] },
      }),
    ],
    ["closes pods beside the stack's own, which let through what is needed", cilium(onlyNames)],
    ["closes nothing", alone({ ...onlyNames, enableDefaultDeny: { egress: false } })],
    ["lets in the gateway's pods", letsIn({ fromEndpoints: [gateway], ...on("8080") })],
    ["lets in whom nobody can tell", letsIn({ fromCIDR: ["10.0.0.0/8"] } as object)],
    [
      "lets in pods by a label that only some have",
      letsIn({
        fromEndpoints: [
          {
            matchExpressions: [
              { key: "x", operator: "Exists" },
              { key: ofNamespace, operator: "Exists" },
            ],
          },
        ],
      }),
    ],
    ["opens one port to everybody", letsIn(on("8080", { protocol: "TCP" }))],
    ["opens all ports by an empty list", letsIn({ fromEndpoints: [gateway], toPorts: [] })],
    ["has an empty rule", letsIn({})],
    ["lets through what the stack's own did", inPlace],
  ] as const
).map(([what, change]) => ({ id, what: `a policy of Cilium's that ${what}`, change }));
