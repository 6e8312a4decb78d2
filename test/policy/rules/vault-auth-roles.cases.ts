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
  .good("another type with the same inputs", "role", {
    "@type": "vault:index/other:Other",
    boundServiceAccountNames: ["*"],
  })
  .good("an empty reviewer token", "auth", { tokenReviewerJwt: "" })
  .bad(
    "every account",
    "role",
    { boundServiceAccountNames: ["*"] },
    'V21 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", boundServiceAccountNames[0]: the role is open to every account or namespace.',
  )
  .bad(
    "every namespace",
    "role",
    { boundServiceAccountNamespaces: ["*"] },
    'V21 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", boundServiceAccountNamespaces[0]: the role is open to every account or namespace.',
  )
  .bad(
    "a pattern",
    "role",
    { boundServiceAccountNamespaces: ["shlink-*"] },
    'V21 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", boundServiceAccountNamespaces[0]: the role is open to every account or namespace.',
  )
  .bad(
    "the default account",
    "role",
    { boundServiceAccountNames: ["default"] },
    'V21 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", boundServiceAccountNames[0]: the role is open to the default account, which every pod has.',
  )
  .bad(
    "no audience",
    "role",
    { audience: undefined },
    'V22 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", audience: the role asks for no audience.',
  )
  .bad(
    "an empty audience",
    "role",
    { audience: "" },
    'V22 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", audience: the role asks for no audience.',
  )
  .bad(
    "the root policy",
    "role",
    { tokenPolicies: ["root"] },
    'V22a vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", tokenPolicies[0]: the role grants the root policy.',
  )
  .bad(
    "a long life",
    "role",
    { tokenTtl: 7200 },
    'V23 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", tokenTtl: the role\'s tokens live too long.',
  )
  .bad(
    "a life without end",
    "role",
    { tokenMaxTtl: 0 },
    'V23 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", tokenMaxTtl: the role\'s tokens live too long.',
  )
  .bad(
    "a life without limit",
    "role",
    { tokenMaxTtl: undefined },
    'V23 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", tokenMaxTtl: the role\'s tokens live too long.',
  )
  .bad(
    "a long limit",
    "role",
    { tokenMaxTtl: 100000 },
    'V23 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", tokenMaxTtl: the role\'s tokens live too long.',
  )
  .bad(
    "renewal for ever",
    "role",
    { tokenPeriod: 60 },
    'V23 vault:kubernetes/authBackendRole:AuthBackendRole "external-secrets", tokenPeriod: the role\'s tokens live too long.',
  )
  .unknown(
    "an account that is an output",
    "role",
    { boundServiceAccountNames: UNKNOWN },
    "boundServiceAccountNames",
  )
  .bad(
    "http to the API",
    "auth",
    { kubernetesHost: "http://10.0.0.1" },
    'V24 vault:kubernetes/authBackendConfig:AuthBackendConfig "kubernetes", kubernetesHost: Vault reaches the Kubernetes API without TLS or with a stored token.',
  )
  .bad(
    "a stored token",
    "auth",
    { tokenReviewerJwt: "x" },
    'V24 vault:kubernetes/authBackendConfig:AuthBackendConfig "kubernetes", tokenReviewerJwt: Vault reaches the Kubernetes API without TLS or with a stored token.',
  );
