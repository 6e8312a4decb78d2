import { namespaceUse } from "../../../policy/rules/namespace-use.ts";
import { VAULT } from "../support/fixtures/vault.ts";
import { CONFIG_MAP, DEPLOYMENT, NAMESPACE, PATCH } from "../support/fixtures/workloads.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

export const suite = new Cases(namespaceUse, {
  deployment: DEPLOYMENT,
  map: CONFIG_MAP,
  namespace: NAMESPACE,
  release: VAULT,
})
  .good("deployment", { "a patch": { "@type": PATCH, "metadata namespace": undefined } })
  .bad(
    "deployment",
    'K17 Deployment "shlink", metadata.namespace: the object lives in a namespace that is not ours.',
    { "no namespace": { "metadata namespace": undefined } },
  )
  .bad(
    "map",
    'K17 ConfigMap "default/settings", metadata.namespace: the object lives in a namespace that is not ours.',
    { "the default namespace": { "metadata namespace": "default" } },
  )
  .bad(
    "release",
    'K17 Helm release "kube-system/vault" (chart vault), namespace: the object lives in a namespace that is not ours.',
    { "Kubernetes' namespace": { namespace: "kube-system" } },
  )
  .bad(
    "release",
    'K17 Helm release "vault" (chart vault), namespace: the object lives in a namespace that is not ours.',
    { "no namespace of a release": { namespace: undefined } },
  )
  .unknown("deployment", "metadata.namespace", {
    "a namespace that is an output": { "metadata namespace": UNKNOWN },
  });
