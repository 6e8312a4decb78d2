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
  .good("policy", {
    "everybody, for some paths": { "spec rules 0": { to: [{ operation: { paths: ["/a"] } }] } },
    "everybody, under a condition": { "spec rules 0": { when: [{ key: "a" }] } },
    "a rule that denies everybody": { "spec action": "DENY", "spec rules 0": {} },
    "no rule, which denies everything": { "spec rules": undefined },
    "another API": { "@type": "kubernetes:example.com/v1:AuthorizationPolicy", "spec rules 0": {} },
    "one of two limits is real": { [FROM]: [{ source: { principals: ["*"], namespaces: ["a"] } }] },
  })
  .bad(
    "policy",
    'I12 AuthorizationPolicy "shlink/shlink", spec.rules[0]: the rule allows everything.',
    {
      "an empty rule": { "spec rules 0": {} },
      "an empty rule without action": { "spec action": undefined, "spec rules 0": {} },
    },
  )
  .bad(
    "policy",
    'I12 AuthorizationPolicy "shlink/shlink", spec.rules[0]: the rule\'s source is everybody.',
    {
      "every principal": { [FROM]: [{ source: { principals: ["*"] } }] },
      "every address": { [FROM]: [{ source: { ipBlocks: ["0.0.0.0/0"] } }] },
      "no source": { [FROM]: [{ source: {} }] },
      "only exclusions": { [FROM]: [{ source: { notNamespaces: ["a"] } }] },
    },
  )
  .unknown("policy", "spec.rules[0]", { "a rule that is an output": { "spec rules": [UNKNOWN] } })
  .bad(
    "request",
    'I15 RequestAuthentication "shlink/jwt", spec.jwtRules[0].jwksUri: the issuer\'s keys are fetched without TLS.',
    { "keys by http": { "spec jwtRules 0 jwksUri": "http://example.com/keys" } },
  );
