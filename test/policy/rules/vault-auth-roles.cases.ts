import { vaultAuthRoles } from "../../../policy/rules/vault-auth-roles.ts";
import { Cases, type Fixture, UNKNOWN } from "../support/suite.ts";

const ROLE: Fixture = {
  type: "vault:kubernetes/authBackendRole:AuthBackendRole",
  name: "external-secrets",
  props: {
    roleName: "external-secrets",
    boundServiceAccountNames: ["external-secrets-sa"],
    boundServiceAccountNamespaces: ["shlink"],
    audience: "vault",
    tokenPolicies: ["external-secrets"],
    tokenTtl: 600,
    tokenMaxTtl: 3600,
  },
};
const AUTH: Fixture = {
  type: "vault:kubernetes/authBackendConfig:AuthBackendConfig",
  name: "kubernetes",
  props: { backend: "kubernetes", kubernetesHost: "https://kubernetes.default.svc:443" },
};

export const suite = new Cases(vaultAuthRoles, { role: ROLE, auth: AUTH })
  .good("role", {
    "another type with the same inputs": {
      "@type": "vault:index/other:Other",
      boundServiceAccountNames: ["*"],
    },
  })
  .good("auth", { "an empty reviewer token": { tokenReviewerJwt: "" } })
  .bad(
    "role",
    'V21 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", boundServiceAccountNames[0]: the role is open to every account or namespace.',
    { "every account": { boundServiceAccountNames: ["*"] } },
  )
  .bad(
    "role",
    'V21 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", boundServiceAccountNamespaces[0]: the role is open to every account or namespace.',
    {
      "every namespace": { boundServiceAccountNamespaces: ["*"] },
      "a pattern": { boundServiceAccountNamespaces: ["shlink-*"] },
    },
  )
  .bad(
    "role",
    'V21 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", boundServiceAccountNames[0]: the role is open to the default account, which every pod has.',
    { "the default account": { boundServiceAccountNames: ["default"] } },
  )
  .bad(
    "role",
    'V22 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", audience: the role asks for no audience.',
    {
      "no audience": { audience: undefined },
      "an empty audience": { audience: "" },
    },
  )
  .bad(
    "role",
    'V22a vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", tokenPolicies[0]: the role grants the root policy.',
    { "the root policy": { tokenPolicies: ["root"] } },
  )
  .bad(
    "role",
    'V23 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", tokenTtl: the role\'s tokens live too long.',
    { "a long life": { tokenTtl: 7200 } },
  )
  .bad(
    "role",
    'V23 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", tokenMaxTtl: the role\'s tokens live too long.',
    {
      "a life without end": { tokenMaxTtl: 0 },
      "a life without limit": { tokenMaxTtl: undefined },
      "a long limit": { tokenMaxTtl: 100000 },
    },
  )
  .bad(
    "role",
    'V23 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", tokenPeriod: the role\'s tokens live too long.',
    { "renewal for ever": { tokenPeriod: 60 } },
  )
  .unknown("role", "boundServiceAccountNames", {
    "an account that is an output": { boundServiceAccountNames: UNKNOWN },
  })
  .bad(
    "auth",
    'V24 vault:kubernetes/authBackendConfig:AuthBackendConfig "kubernetes", kubernetesHost: Vault reaches the Kubernetes API without TLS or with a stored token.',
    { "http to the API": { kubernetesHost: "http://10.0.0.1" } },
  )
  .bad(
    "auth",
    'V24 vault:kubernetes/authBackendConfig:AuthBackendConfig "kubernetes", tokenReviewerJwt: Vault reaches the Kubernetes API without TLS or with a stored token.',
    { "a stored token": { tokenReviewerJwt: "x" } },
  );
