/** Every policy of the pack, required ones first. */

import { hiddenChanges } from "./rules/hidden-changes.js";
import { vaultClientTls } from "./rules/vault-client-tls.js";
import { vaultConfigTls } from "./rules/vault-config-tls.js";
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
];
