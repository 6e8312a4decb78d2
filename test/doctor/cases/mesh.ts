import type { AuthorizationRule, DestinationRule, Facts } from "../../../doctor/facts.ts";
import { object } from "../support/healthy.ts";
import type { Case, QuietCase } from "./case.ts";

const host = "shlink.shlink.svc.cluster.local";
type Spec = NonNullable<DestinationRule["spec"]>;

const rule =
  (namespace: string, spec: Spec, instead = false) =>
  (facts: Facts) => {
    if (instead) facts.destinationRules = [];
    facts.destinationRules.push(object(namespace, "more", spec));
  };

const off = { tls: { mode: "DISABLE" } };

/** A policy of another team, with one rule. */
const policy =
  (namespace: string, action: string, one: AuthorizationRule, more: object = {}) =>
  ({ authorizationPolicies }: Facts) =>
    authorizationPolicies.push(object(namespace, "more", { action, rules: [one], ...more }));

const atGateway = { selector: { matchLabels: { istio: "ingressgateway" } } };
const to = (operation: Record<string, string[]>) => ({ to: [{ operation }] });
const from = (source: Record<string, string[]>) => ({ from: [{ source }] });

const custom = (name: string, one: AuthorizationRule = {}) =>
  policy("shlink", "CUSTOM", one, { provider: { name } });

const labelled = (labels: Record<string, string>) => (facts: Facts) => {
  for (const { metadata } of facts.namespaces) metadata.labels = labels;
};

const below = (basePath: string) => (facts: Facts) => {
  const [container] = facts.deployments[0]!.spec!.template.spec.containers;
  container!.env!.push({ name: "BASE_PATH", value: basePath });
  const [own] = facts.authorizationPolicies;
  own!.spec!.rules![0]!.to![0]!.operation!["paths"] = ["/go", "/go/*"];
};

export const cases: Case[] = [
  {
    id: "destination-missing",
    what: "a part of Shlink that no rule names",
    change: ({ virtualServices: [one] }) =>
      (one!.spec!.http![0]!.route![0]!.destination!.subset = "v2"),
    says: /shlink-virtualservice leads to subset v2 of shlink\.shlink\.svc\.cluster\.local, which no D/,
  },
  {
    id: "destination-missing",
    what: "a part that a rule has of another Service alone",
    change: ({ virtualServices: [one], destinationRules: [two] }) => {
      one!.spec!.http![0]!.route![0]!.destination!.subset = "v2";
      Object.assign(two!.spec!, { host: "other", subsets: [{ name: "v2" }] });
    },
    says: /leads to subset v2 of shlink\./,
  },
  {
    id: "sidecar-missing",
    what: "a namespace whose injection is switched off beside a revision",
    change: labelled({ "istio-injection": "disabled", "istio.io/rev": "stable" }),
    says: /namespace shlink lacks the label/,
  },
  {
    id: "mtls-not-strict",
    what: "a policy for the port alone",
    change: ({ peerAuthentications }) =>
      peerAuthentications.push(
        object("shlink", "own", {
          selector: { matchLabels: { app: "shlink" } },
          portLevelMtls: { 8080: { mode: "PERMISSIVE" } },
        }),
      ),
    says: /is PERMISSIVE/,
  },
  {
    id: "mtls-mismatch",
    what: "a rule that turns it off for the port alone",
    change: ({ destinationRules: [one] }) =>
      (one!.spec!.trafficPolicy!.portLevelSettings = [{ port: { number: 8080 }, ...off }]),
    says: /shlink-destination says DISABLE/,
  },
  {
    id: "mtls-mismatch",
    what: "a rule of the gateway's namespace, by a star",
    change: rule("istio-ingress", { host: "*.svc.cluster.local", trafficPolicy: off }),
    says: /istio-ingress\/more says DISABLE/,
  },
  {
    id: "mtls-mismatch",
    what: "a rule of the whole mesh where Shlink has none",
    change: rule("istio-system", { host: "*.local", trafficPolicy: off }, true),
    says: /istio-system\/more says DISABLE/,
  },
  {
    id: "mtls-mismatch",
    what: "calls in clear to pods that take them, and know nobody by them",
    change: (facts) => {
      facts.peerAuthentications[0]!.spec!.mtls!.mode = "PERMISSIVE";
      rule("shlink", { host, trafficPolicy: off }, true)(facts);
    },
    says: /says DISABLE, the pods' mode is PERMISSIVE/,
  },
  {
    id: "redirects-forbidden",
    what: "a DENY at the gateway",
    change: policy("istio-ingress", "DENY", to({ methods: ["GET"] }), atGateway),
    says: /istio-ingress\/more denies them/,
  },
  {
    id: "redirects-forbidden",
    what: "a DENY for the gateway's pods in the mesh's own namespace",
    change: policy("istio-system", "DENY", to({ hosts: ["shlink.local"] }), atGateway),
    says: /istio-system\/more denies them/,
  },
  {
    id: "redirects-forbidden",
    what: "a DENY for the host, or for all but another",
    change: (facts) => {
      policy("shlink", "DENY", to({ notHosts: ["other.example"] }))(facts);
      policy("istio-system", "DENY", to({ hosts: ["*.local"], ports: ["8080"] }))(facts);
    },
    says: /shlink\/more denies them\n.*istio-system\/more denies them/,
  },
  {
    id: "redirects-forbidden",
    what: "a DENY for the gateway's namespace",
    change: policy("shlink", "DENY", from({ namespaces: ["istio-ingress"] })),
    says: /shlink\/more denies them/,
  },
  {
    id: "redirects-forbidden",
    what: "an ALLOW at the gateway for another method",
    change: policy("istio-ingress", "ALLOW", to({ methods: ["POST"] }), atGateway),
    says: /none of istio-ingress\/more allows them to visitors/,
  },
  {
    id: "redirects-forbidden",
    what: "an external authorizer that the mesh does not know",
    change: (facts) => {
      custom("oauth")(facts);
      facts.authorizers = ["other"];
    },
    says: /shlink\/more has them judged by oauth, which is no authorizer/,
  },
];

export const quiet: QuietCase[] = [
  {
    id: "destination-missing",
    what: "a part of Shlink that a rule names",
    change: ({ virtualServices: [one], destinationRules: [two] }) => {
      one!.spec!.http![0]!.route![0]!.destination!.subset = "v2";
      two!.spec!.subsets = [{ name: "v2" }];
    },
  },
  {
    id: "mtls-mismatch",
    what: "a rule of the whole mesh beside Shlink's own",
    change: rule("istio-system", { host: "*.local", trafficPolicy: off }),
  },
  {
    id: "mtls-mismatch",
    what: "a rule for a Service of that name elsewhere",
    change: rule("istio-ingress", { host: "shlink", trafficPolicy: off }),
  },
  {
    id: "mtls-not-strict",
    what: "a policy for other pods of the mesh's own namespace",
    change: ({ peerAuthentications }) => {
      const selector = { matchLabels: { app: "other" } };
      const spec = { selector, mtls: { mode: "DISABLE" } };
      peerAuthentications.unshift(object("istio-system", "theirs", spec));
    },
  },
  ...(
    [
      ["a DENY for some addresses", "DENY", from({ ipBlocks: ["192.0.2.0/24"] })],
      ["a DENY for all but the proxies in front", "DENY", from({ notIpBlocks: ["10.0.0.0/8"] })],
      [
        "an ALLOW for the addresses of a company",
        "ALLOW",
        from({ remoteIpBlocks: ["10.0.0.0/8"] }),
      ],
      ["a DENY for another host", "DENY", to({ hosts: ["other.example"] })],
      ["a DENY of writing", "DENY", to({ notMethods: ["GET", "HEAD"] })],
    ] as const
  ).map(([what, action, one]) => ({
    id: "redirects-forbidden",
    what: `${what} at the gateway`,
    change: policy("istio-ingress", action, one, atGateway),
  })),
  {
    id: "redirects-forbidden",
    what: "a DENY that is only tried out",
    change: (facts) => {
      policy("shlink", "DENY", {})(facts);
      facts.authorizationPolicies.at(-1)!.metadata.annotations = { "istio.io/dry-run": "true" };
    },
  },
  {
    id: "redirects-forbidden",
    what: "an external authorizer, which may let visitors in",
    change: (facts) => {
      custom("oauth")(facts);
      facts.authorizers = ["oauth"];
    },
  },
  ...[
    ["for the API alone", to({ paths: ["/rest/*"] })] as const,
    ["for some addresses", from({ ipBlocks: ["192.0.2.0/24"] })] as const,
  ].map(([what, one]) => ({
    id: "redirects-forbidden",
    what: `an authorizer that the mesh does not know, ${what}`,
    change: custom("oauth", one),
  })),
  {
    id: "redirects-forbidden",
    what: "a DENY for a waypoint",
    change: policy("shlink", "DENY", {}, { targetRefs: [{ kind: "Service", name: "shlink" }] }),
  },
  { id: "redirects-forbidden", what: "a Shlink below a path", change: below("/go") },
];
