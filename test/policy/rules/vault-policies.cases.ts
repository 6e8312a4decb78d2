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
  .good("a policy in JSON", "policy", {
    policy: '{"path":{"secret/data/a":{"capabilities":["read"]}}}',
  })
  .good("everything denied", "policy", grant("*", "deny"))
  .good("a wildcard below one application", "policy", grant("secret/data/shlink/*", "read"))
  .good("reading of policies", "policy", grant("sys/policies/acl/a", "read"))
  .good("another resource", "policy", { "@type": "vault:index/token:Token", ...grant("*", "read") })
  .bad(
    "everything",
    "policy",
    grant("*", "read"),
    'V20 vault:index/policy:Policy "external-secrets", policy: the policy covers whole mounts or all paths.',
  )
  .bad(
    "everything of a mount",
    "policy",
    grant("secret/*", "list"),
    'V20 vault:index/policy:Policy "external-secrets", policy: the policy covers whole mounts or all paths.',
  )
  .bad(
    "everything of every mount",
    "policy",
    grant("+/*", "read"),
    'V20 vault:index/policy:Policy "external-secrets", policy: the policy covers whole mounts or all paths.',
  )
  .bad(
    "sudo",
    "policy",
    grant("secret/data/a", "read", "sudo"),
    'V20a vault:index/policy:Policy "external-secrets", policy: the policy grants sudo or root.',
  )
  .bad(
    "root",
    "policy",
    grant("secret/data/a", "root"),
    'V20a vault:index/policy:Policy "external-secrets", policy: the policy grants sudo or root.',
  )
  .bad(
    "writing policies",
    "policy",
    grant("sys/policies/acl/a", "update"),
    'V20b vault:index/policy:Policy "external-secrets", policy: the policy lets its holder change policies, logins or mounts.',
  )
  .bad(
    "making tokens",
    "policy",
    grant("auth/token/create", "create"),
    'V20b vault:index/policy:Policy "external-secrets", policy: the policy lets its holder change policies, logins or mounts.',
  )
  .bad(
    "no policy text",
    "policy",
    { policy: 'path "a {' },
    'V20c vault:index/policy:Policy "external-secrets", policy: the policy cannot be read.',
  )
  .unknown("a text that is an output", "policy", { policy: UNKNOWN }, "policy");
