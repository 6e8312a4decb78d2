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
  .good("a patch", "deployment", { "@type": PATCH, "metadata namespace": undefined })
  .bad(
    "no namespace",
    "deployment",
    { "metadata namespace": undefined },
    'K17 Deployment "shlink", metadata.namespace: the object lives in a namespace that is not ours.',
  )
  .bad(
    "the default namespace",
    "map",
    { "metadata namespace": "default" },
    'K17 ConfigMap "default/settings", metadata.namespace: the object lives in a namespace that is not ours.',
  )
  .bad(
    "Kubernetes' namespace",
    "release",
    { namespace: "kube-system" },
    'K17 Helm release "kube-system/vault" (chart vault), namespace: the object lives in a namespace that is not ours.',
  )
  .bad(
    "no namespace of a release",
    "release",
    { namespace: undefined },
    'K17 Helm release "vault" (chart vault), namespace: the object lives in a namespace that is not ours.',
  )
  .unknown(
    "a namespace that is an output",
    "deployment",
    { "metadata namespace": UNKNOWN },
    "metadata.namespace",
  );
