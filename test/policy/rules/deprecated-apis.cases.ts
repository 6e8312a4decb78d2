import { deprecatedApis } from "../../../policy/rules/deprecated-apis.ts";
import { DESTINATION } from "../support/fixtures/mesh.ts";
import { GATEWAY, INGRESS } from "../support/fixtures/routes.ts";
import { DEPLOYMENT } from "../support/fixtures/workloads.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

export const suite = new Cases(deprecatedApis, {
  deployment: DEPLOYMENT,
  gateway: GATEWAY,
  destination: DESTINATION,
  ingress: INGRESS,
})
  .good("EnvoyFilter, which has no other", "gateway", {
    "@type": "kubernetes:networking.istio.io/v1alpha3:EnvoyFilter",
  })
  .good("a policy that has only a beta yet", "gateway", {
    "@type": "kubernetes:admissionregistration.k8s.io/v1beta1:MutatingAdmissionPolicy",
  })
  .bad(
    "a removed webhook",
    "ingress",
    {
      "@type": "kubernetes:admissionregistration.k8s.io/v1beta1:MutatingWebhookConfiguration",
    },
    'K22 MutatingWebhookConfiguration "shlink/web", apiVersion: the API version is removed from current clusters; admissionregistration.k8s.io/v1 took its place.',
  )
  .good("a beta of another API", "gateway", { "@type": "kubernetes:example.com/v1beta1:Gateway" })
  .bad(
    "a removed Ingress",
    "ingress",
    { "@type": "kubernetes:extensions/v1beta1:Ingress" },
    'K22 Ingress "shlink/web", apiVersion: the API version is removed from current clusters; networking.k8s.io/v1 took its place.',
  )
  .bad(
    "an old Istio",
    "destination",
    { "@type": "kubernetes:networking.istio.io/v1alpha3:DestinationRule" },
    'I26 DestinationRule "shlink/web", apiVersion: the object uses an old version of Istio\'s API.',
  )
  .bad(
    "an old version inside a ConfigMap",
    "deployment",
    {
      "@type": "kubernetes:core/v1:ConfigMap",
      spec: undefined,
      data: { x: "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata:\n  name: a\n" },
    },
    'K22 PodDisruptionBudget "a", data.x.apiVersion: the API version is removed from current clusters; policy/v1 took its place.',
  )
  .add(
    "an unknown name does not matter",
    [{ ...INGRESS, props: { metadata: { name: UNKNOWN } } }],
    [],
    [],
  );
