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
  .good("gateway", {
    "EnvoyFilter, which has no other": {
      "@type": "kubernetes:networking.istio.io/v1alpha3:EnvoyFilter",
    },
    "a policy that has only a beta yet": {
      "@type": "kubernetes:admissionregistration.k8s.io/v1beta1:MutatingAdmissionPolicy",
    },
    "a beta of another API": { "@type": "kubernetes:example.com/v1beta1:Gateway" },
  })
  .bad(
    "ingress",
    'K22 MutatingWebhookConfiguration "shlink/web", apiVersion: the API version is removed from current clusters; admissionregistration.k8s.io/v1 took its place.',
    {
      "a removed webhook": {
        "@type": "kubernetes:admissionregistration.k8s.io/v1beta1:MutatingWebhookConfiguration",
      },
    },
  )
  .bad(
    "ingress",
    'K22 Ingress "shlink/web", apiVersion: the API version is removed from current clusters; networking.k8s.io/v1 took its place.',
    { "a removed Ingress": { "@type": "kubernetes:extensions/v1beta1:Ingress" } },
  )
  .bad(
    "destination",
    'I26 DestinationRule "shlink/web", apiVersion: the object uses an old version of Istio\'s API.',
    { "an old Istio": { "@type": "kubernetes:networking.istio.io/v1alpha3:DestinationRule" } },
  )
  .bad(
    "deployment",
    'K22 PodDisruptionBudget "a", data.x.apiVersion: the API version is removed from current clusters; policy/v1 took its place.',
    {
      "an old version inside a ConfigMap": {
        "@type": "kubernetes:core/v1:ConfigMap",
        spec: undefined,
        data: {
          x: "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata:\n  name: a\n",
        },
      },
    },
  )
  .add(
    "an unknown name does not matter",
    [{ ...INGRESS, props: { metadata: { name: UNKNOWN } } }],
    [],
    [],
  );
