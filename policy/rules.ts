/** Every policy of the pack, the required ones first. */

import { adminSurfaces } from "./rules/admin-surfaces.ts";
import { containerImages } from "./rules/container-images.ts";
import { containerPrivileges } from "./rules/container-privileges.ts";
import { containerProbes } from "./rules/container-probes.ts";
import { containerResources } from "./rules/container-resources.ts";
import { deprecatedApis } from "./rules/deprecated-apis.ts";
import { disruptionBudgets } from "./rules/disruption-budgets.ts";
import { escapeHatches } from "./rules/escape-hatches.ts";
import { externalSecretsScope } from "./rules/external-secrets-scope.ts";
import { externalSecretsStores } from "./rules/external-secrets-stores.ts";
import { gatewayTls } from "./rules/gateway-tls.ts";
import { helmSource } from "./rules/helm-source.ts";
import { hiddenChanges } from "./rules/hidden-changes.ts";
import { hostAccess } from "./rules/host-access.ts";
import { hostScopePolicy } from "./rules/host-scope.ts";
import { meshAuthorization } from "./rules/mesh-authorization.ts";
import { meshInjection } from "./rules/mesh-injection.ts";
import { meshMtls } from "./rules/mesh-mtls.ts";
import { meshStrictDefault } from "./rules/mesh-strict-default.ts";
import { namespaceUse } from "./rules/namespace-use.ts";
import { networkPolicies } from "./rules/network-policies.ts";
import { passwordStrength } from "./rules/password-strength.ts";
import { plaintextCredentials } from "./rules/plaintext-credentials.ts";
import { podSecurity } from "./rules/pod-security.ts";
import { postgresCluster } from "./rules/postgres-cluster.ts";
import { postgresGrants } from "./rules/postgres-grants.ts";
import { postgresTls } from "./rules/postgres-tls.ts";
import { rbacScope } from "./rules/rbac-scope.ts";
import { redisFailover } from "./rules/redis-failover.ts";
import { redisTls } from "./rules/redis-tls.ts";
import { replicas } from "./rules/replicas.ts";
import { serviceAccounts } from "./rules/service-accounts.ts";
import { serviceExposure } from "./rules/service-exposure.ts";
import { shlinkSettings } from "./rules/shlink-settings.ts";
import { statefulProtect } from "./rules/stateful-protect.ts";
import { vaultAudit } from "./rules/vault-audit.ts";
import { vaultAuthRoles } from "./rules/vault-auth-roles.ts";
import { vaultClientTls } from "./rules/vault-client-tls.ts";
import { vaultConfigTls } from "./rules/vault-config-tls.ts";
import { vaultEngines } from "./rules/vault-engines.ts";
import { vaultPolicies } from "./rules/vault-policies.ts";
import { vaultServerHardening } from "./rules/vault-server-hardening.ts";
import { vaultServerTls } from "./rules/vault-server-tls.ts";
import { wildcardHostsIstio } from "./rules/wildcard-hosts-istio.ts";
import { wildcardHostsKubernetes } from "./rules/wildcard-hosts-kubernetes.ts";
import { wildcardHostsValues } from "./rules/wildcard-hosts-values.ts";
import type { Policy } from "./engine/policy.ts";

export const policies: Policy[] = [
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
  redisTls,
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
