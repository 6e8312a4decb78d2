import { meshAuthorization } from "../../../policy/rules/mesh-authorization.ts";
import { Cases, type Fixture, UNKNOWN } from "../support/suite.ts";

const AUTHORIZATION: Fixture = {
  type: "kubernetes:security.istio.io/v1:AuthorizationPolicy",
  name: "shlink",
  props: {
    metadata: { name: "shlink", namespace: "shlink" },
    spec: {
      action: "ALLOW",
      rules: [
        { from: [{ source: { principals: ["cluster.local/ns/istio-ingress/sa/gateway"] } }] },
      ],
    },
  },
};
const REQUEST: Fixture = {
  type: "kubernetes:security.istio.io/v1:RequestAuthentication",
  name: "jwt",
  props: {
    metadata: { name: "jwt", namespace: "shlink" },
    spec: { jwtRules: [{ issuer: "a", jwksUri: "https://example.com/keys" }] },
  },
};
const FROM = "spec rules 0 from";

export const suite = new Cases(meshAuthorization, { policy: AUTHORIZATION, request: REQUEST })
  .good("everybody, for some paths", "policy", {
    "spec rules 0": { to: [{ operation: { paths: ["/a"] } }] },
  })
  .good("everybody, under a condition", "policy", { "spec rules 0": { when: [{ key: "a" }] } })
  .good("a rule that denies everybody", "policy", { "spec action": "DENY", "spec rules 0": {} })
  .good("no rule, which denies everything", "policy", { "spec rules": undefined })
  .good("another API", "policy", {
    "@type": "kubernetes:example.com/v1:AuthorizationPolicy",
    "spec rules 0": {},
  })
  .bad(
    "an empty rule",
    "policy",
    { "spec rules 0": {} },
    'I12 AuthorizationPolicy "shlink/shlink", spec.rules[0]: the rule allows everything.',
  )
  .bad(
    "an empty rule without action",
    "policy",
    { "spec action": undefined, "spec rules 0": {} },
    'I12 AuthorizationPolicy "shlink/shlink", spec.rules[0]: the rule allows everything.',
  )
  .bad(
    "every principal",
    "policy",
    { [FROM]: [{ source: { principals: ["*"] } }] },
    'I12 AuthorizationPolicy "shlink/shlink", spec.rules[0]: the rule\'s source is everybody.',
  )
  .bad(
    "every address",
    "policy",
    { [FROM]: [{ source: { ipBlocks: ["0.0.0.0/0"] } }] },
    'I12 AuthorizationPolicy "shlink/shlink", spec.rules[0]: the rule\'s source is everybody.',
  )
  .bad(
    "no source",
    "policy",
    { [FROM]: [{ source: {} }] },
    'I12 AuthorizationPolicy "shlink/shlink", spec.rules[0]: the rule\'s source is everybody.',
  )
  .bad(
    "only exclusions",
    "policy",
    { [FROM]: [{ source: { notNamespaces: ["a"] } }] },
    'I12 AuthorizationPolicy "shlink/shlink", spec.rules[0]: the rule\'s source is everybody.',
  )
  .good("one of two limits is real", "policy", {
    [FROM]: [{ source: { principals: ["*"], namespaces: ["a"] } }],
  })
  .unknown("a rule that is an output", "policy", { "spec rules": [UNKNOWN] }, "spec.rules[0]")
  .bad(
    "keys by http",
    "request",
    { "spec jwtRules 0 jwksUri": "http://example.com/keys" },
    'I15 RequestAuthentication "shlink/jwt", spec.jwtRules[0].jwksUri: the issuer\'s keys are fetched without TLS.',
  );
