/** Every policy of the pack, the required ones first. */

import { adminSurfaces } from "./rules/admin-surfaces.js";
import { containerImages } from "./rules/container-images.js";
import { containerPrivileges } from "./rules/container-privileges.js";
import { containerProbes } from "./rules/container-probes.js";
import { containerResources } from "./rules/container-resources.js";
import { deprecatedApis } from "./rules/deprecated-apis.js";
import { disruptionBudgets } from "./rules/disruption-budgets.js";
import { escapeHatches } from "./rules/escape-hatches.js";
import { externalSecretsScope } from "./rules/external-secrets-scope.js";
import { externalSecretsStores } from "./rules/external-secrets-stores.js";
import { gatewayTls } from "./rules/gateway-tls.js";
import { helmSource } from "./rules/helm-source.js";
import { hiddenChanges } from "./rules/hidden-changes.js";
import { hostAccess } from "./rules/host-access.js";
import { hostScopePolicy } from "./rules/host-scope.js";
import { meshAuthorization } from "./rules/mesh-authorization.js";
import { meshInjection } from "./rules/mesh-injection.js";
import { meshMtls } from "./rules/mesh-mtls.js";
import { meshStrictDefault } from "./rules/mesh-strict-default.js";
import { namespaceUse } from "./rules/namespace-use.js";
import { networkPolicies } from "./rules/network-policies.js";
import { passwordStrength } from "./rules/password-strength.js";
import { plaintextCredentials } from "./rules/plaintext-credentials.js";
import { podSecurity } from "./rules/pod-security.js";
import { postgresCluster } from "./rules/postgres-cluster.js";
import { postgresGrants } from "./rules/postgres-grants.js";
import { postgresTls } from "./rules/postgres-tls.js";
import { rbacScope } from "./rules/rbac-scope.js";
import { redisFailover } from "./rules/redis-failover.js";
import { replicas } from "./rules/replicas.js";
import { serviceAccounts } from "./rules/service-accounts.js";
import { serviceExposure } from "./rules/service-exposure.js";
import { shlinkSettings } from "./rules/shlink-settings.js";
import { statefulProtect } from "./rules/stateful-protect.js";
import { vaultAudit } from "./rules/vault-audit.js";
import { vaultAuthRoles } from "./rules/vault-auth-roles.js";
import { vaultClientTls } from "./rules/vault-client-tls.js";
import { vaultConfigTls } from "./rules/vault-config-tls.js";
import { vaultEngines } from "./rules/vault-engines.js";
import { vaultPolicies } from "./rules/vault-policies.js";
import { vaultServerHardening } from "./rules/vault-server-hardening.js";
import { vaultServerTls } from "./rules/vault-server-tls.js";
import { wildcardHostsIstio } from "./rules/wildcard-hosts-istio.js";
import { wildcardHostsKubernetes } from "./rules/wildcard-hosts-kubernetes.js";
import { wildcardHostsValues } from "./rules/wildcard-hosts-values.js";

/** @import { Policy } from "./engine/policy.js" */

/** @type {Policy[]} */
export const policies = [
  wildcardHostsIstio,
  wildcardHostsKubernetes,
  wildcardHostsValues,
  vaultServerTls,
  vaultConfigTls,
  vaultClientTls,
  hiddenChanges,
  hostScopePolicy,
  gatewayTls,
  meshMtls,
  meshStrictDefault,
  meshAuthorization,
  meshInjection,
  vaultServerHardening,
  vaultAudit,
  vaultPolicies,
  vaultAuthRoles,
  vaultEngines,
  externalSecretsStores,
  externalSecretsScope,
  postgresCluster,
  postgresGrants,
  postgresTls,
  redisFailover,
  statefulProtect,
  plaintextCredentials,
  passwordStrength,
  shlinkSettings,
  adminSurfaces,
  serviceExposure,
  networkPolicies,
  podSecurity,
  rbacScope,
  serviceAccounts,
  containerImages,
  containerResources,
  containerProbes,
  containerPrivileges,
  hostAccess,
  replicas,
  disruptionBudgets,
  namespaceUse,
  deprecatedApis,
  helmSource,
  escapeHatches,
];
