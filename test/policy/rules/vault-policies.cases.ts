import { vaultPolicies } from "../../../policy/rules/vault-policies.ts";
import { Cases, type Fixture, UNKNOWN } from "../support/suite.ts";

const POLICY: Fixture = {
  type: "vault:index/policy:Policy",
  name: "external-secrets",
  props: {
    name: "external-secrets",
    policy: 'path "secret/data/postgres/shlink" { capabilities = ["read"] }\n',
  },
};
const grant = (path: string, ...capabilities: string[]) => ({
  policy: `path "${path}" {\n  capabilities = ${JSON.stringify(capabilities)}\n}`,
});

export const suite = new Cases(vaultPolicies, { policy: POLICY })
  .good("policy", {
    "a policy in JSON": { policy: '{"path":{"secret/data/a":{"capabilities":["read"]}}}' },
    "everything denied": grant("*", "deny"),
    "a wildcard below one application": grant("secret/data/shlink/*", "read"),
    "reading of policies": grant("sys/policies/acl/a", "read"),
    "another resource": { "@type": "vault:index/token:Token", ...grant("*", "read") },
  })
  .bad(
    "policy",
    'V20 vault:index/policy:Policy "external-secrets", policy: the policy covers whole mounts or all paths.',
    {
      everything: grant("*", "read"),
      "everything of a mount": grant("secret/*", "list"),
      "everything of every mount": grant("+/*", "read"),
    },
  )
  .bad(
    "policy",
    'V20a vault:index/policy:Policy "external-secrets", policy: the policy grants sudo or root.',
    {
      sudo: grant("secret/data/a", "read", "sudo"),
      root: grant("secret/data/a", "root"),
    },
  )
  .bad(
    "policy",
    'V20b vault:index/policy:Policy "external-secrets", policy: the policy lets its holder change policies, logins or mounts.',
    {
      "writing policies": grant("sys/policies/acl/a", "update"),
      "making tokens": grant("auth/token/create", "create"),
    },
  )
  .bad(
    "policy",
    'V20c vault:index/policy:Policy "external-secrets", policy: the policy cannot be read.',
    { "no policy text": { policy: 'path "a {' } },
  )
  .unknown("policy", "policy", { "a text that is an output": { policy: UNKNOWN } });
