import type { AuthorizationRule, Facts } from "../../../doctor/facts.ts";
import { certificate } from "../support/certificate.ts";
import { object } from "../support/healthy.ts";
import type { Case, QuietCase } from "./case.ts";
import { notReady, podNamed } from "./cluster.ts";

const policy =
  (action: string, rules: AuthorizationRule[], namespace = "shlink") =>
  (facts: Facts) =>
    facts.authorizationPolicies.push(object(namespace, "more", { action, rules }));

const credential = (there: boolean) => (facts: Facts) => {
  facts.gateways[0]!.spec!.servers![0]!.tls = { credentialName: "shlink-tls" };
  facts.certificates.push({ namespace: "istio-ingress", secret: "shlink-tls", there });
};

const gatewayService = (services: Facts["services"]) =>
  services.find(({ metadata }) => metadata.namespace === "istio-ingress")!;

const route = ({ virtualServices: [one] }: Facts) => one!.spec!.http![0]!.route![0]!.destination!;

export const cases: Case[] = [
  {
    id: "sidecar-missing",
    what: "a pod without a proxy",
    change: (facts) => (podNamed(facts, "shlink-0").spec!.initContainers = []),
    says: /shlink-0 has no container istio-proxy/,
  },
  {
    id: "sidecar-missing",
    what: "a namespace without the label",
    change: ({ namespaces }) => {
      for (const { metadata } of namespaces) metadata.labels = {};
    },
    says: /namespace shlink lacks the label/,
  },
  {
    id: "mtls-mismatch",
    what: "a rule that turns it off",
    change: ({ destinationRules: [one] }) => (one!.spec!.trafficPolicy!.tls!.mode = "DISABLE"),
    says: /says DISABLE, the pods' mode is STRICT/,
  },
  {
    id: "mtls-mismatch",
    what: "pods that refuse it",
    change: ({ peerAuthentications: [one] }) => (one!.spec!.mtls!.mode = "DISABLE"),
    says: /says ISTIO_MUTUAL, the pods' mode is DISABLE/,
  },
  {
    id: "mtls-not-strict",
    what: "a policy of the pods' own",
    change: ({ peerAuthentications }) =>
      peerAuthentications.push(
        object("shlink", "own", {
          selector: { matchLabels: { app: "shlink" } },
          mtls: { mode: "PERMISSIVE" },
        }),
      ),
    says: /is PERMISSIVE/,
  },
  {
    id: "gateway-down",
    what: "no pod that is ready",
    change: (facts) => notReady(facts, "gateway-0"),
    says: /1 pods of the gateway, none ready/,
  },
  {
    id: "gateway-service-wrong",
    what: "no Service",
    change: (facts) =>
      (facts.services = facts.services.filter(
        ({ metadata }) => metadata.namespace !== "istio-ingress",
      )),
    says: /there is no Service istio-ingress\/istio-ingressgateway/,
  },
  {
    id: "gateway-service-wrong",
    what: "a Service that selects nothing, and waits for an address",
    change: ({ services, endpointSlices }) => {
      endpointSlices.at(-1)!.endpoints = [];
      gatewayService(services).spec = { type: "LoadBalancer" };
    },
    says: /leads to no pod that is ready\n.*has no address yet/,
  },
  {
    id: "gateway-selector-wrong",
    what: "another label",
    change: ({ gateways: [one] }) => (one!.spec!.selector = { istio: "other" }),
    says: /asks for \{"istio":"other"\}/,
  },
  {
    id: "gateway-credential-wrong",
    what: "a Secret that is not there",
    change: credential(false),
    says: /no certificate in Secret istio-ingress\/shlink-tls/,
  },
  {
    id: "gateway-credential-wrong",
    what: "a certificate for another host",
    change: (facts) => {
      credential(true)(facts);
      facts.certificates.at(-1)!.pem = certificate("other.example", 90);
    },
    says: /the certificate in Secret istio-ingress\/shlink-tls is not for shlink\.local/,
  },
  {
    id: "gateway-credential-wrong",
    what: "a key of another certificate",
    change: (facts) => {
      credential(true)(facts);
      facts.certificates.at(-1)!.keyFits = false;
    },
    says: /the key in Secret istio-ingress\/shlink-tls is not the certificate's/,
  },
  {
    id: "gateway-host-wrong",
    what: "a host that is taken from routes of another namespace alone",
    change: ({ gateways: [one] }) => (one!.spec!.servers![0]!.hosts = ["vault/shlink.local"]),
    says: /shlink\.local of VirtualService/,
  },
  {
    id: "virtual-service-unbound",
    what: "a route of visitors that is the mesh's alone",
    change: ({ virtualServices: [one] }) => (one!.spec!.gateways = ["mesh"]),
    says: /names mesh, which is not there/,
  },
  {
    id: "gateway-host-wrong",
    what: "another host",
    change: ({ gateways: [one] }) => (one!.spec!.servers![0]!.hosts = ["other.example"]),
    says: /shlink\.local of VirtualService .* is no host of shlink\/shlink-gateway/,
  },
  {
    id: "virtual-service-unbound",
    what: "a Gateway that is not there",
    change: ({ virtualServices: [one] }) => (one!.spec!.gateways = ["istio-system/other"]),
    says: /names istio-system\/other, which is not there/,
  },
  {
    id: "virtual-service-unbound",
    what: "no VirtualService",
    change: (facts) => (facts.virtualServices = []),
    says: /has no VirtualService/,
  },
  {
    id: "destination-missing",
    what: "another Service",
    change: (facts) => (route(facts).host = "shlink.other.svc.cluster.local"),
    says: /leads to shlink\.other/,
  },
  {
    id: "destination-missing",
    what: "another port",
    change: (facts) => (route(facts).port!.number = 80),
    says: /leads to .*:80/,
  },
  {
    id: "service-without-endpoints",
    what: "a selector that finds nothing",
    change: ({ endpointSlices: [one] }) => (one!.endpoints = []),
    says: /Service shlink\/shlink has no endpoint/,
  },
  {
    id: "service-without-endpoints",
    what: "a port on which Shlink does not listen",
    change: ({ services: [one] }) => (one!.spec!.ports = [{ port: 8080, targetPort: 9999 }]),
    says: /Service shlink\/shlink leads to port 9999/,
  },
  {
    id: "redirects-forbidden",
    what: "a DENY for everything",
    change: policy("DENY", [{}]),
    says: /shlink\/more denies them/,
  },
  {
    id: "redirects-forbidden",
    what: "a DENY for short links in the whole mesh",
    change: policy(
      "DENY",
      [{ to: [{ operation: { methods: ["GET"], paths: ["/a*"] } }] }],
      "istio-system",
    ),
    says: /istio-system\/more denies them/,
  },
  {
    id: "redirects-forbidden",
    what: "an ALLOW for the API alone, as the guide has it",
    change: ({ authorizationPolicies: [one] }) =>
      (one!.spec!.rules = [{ to: [{ operation: { paths: ["/rest/*"] } }] }]),
    says: /none of shlink\/shlink-authz allows them/,
  },
  {
    id: "redirects-forbidden",
    what: "an ALLOW for another caller",
    change: ({ authorizationPolicies: [one] }) =>
      (one!.spec!.rules![0]!.from = [{ source: { principals: ["cluster.local/ns/x/sa/x"] } }]),
    says: /allows them to cluster\.local\/ns\/istio-ingress/,
  },
  {
    id: "redirect-fails",
    what: "a 503",
    change: ({ visits: [one] }) => (one!.status = 503),
    says: /GET \/robots\.txt of shlink\.local: 503/,
  },
  {
    id: "redirect-fails",
    what: "no answer",
    change: ({ visits: [one] }) => {
      delete one!.status;
      one!.failure = "reset";
    },
    says: /reset/,
  },
];

/** A mesh that the cluster has from elsewhere: no pod of it is the platform's, and Shlink's sidecars are of a revision. */
const takeMesh = (facts: Facts) => {
  facts.others = ["istio-system", "istio-cni", "istio-ingress"];
  const ours = (namespace = "") => !facts.others.includes(namespace);
  facts.pods = facts.pods.filter(({ metadata }) => ours(metadata.namespace));
  facts.namespaces = facts.namespaces.filter(({ metadata }) => ours(metadata.name));
  for (const { metadata } of facts.namespaces) metadata.labels = { "istio.io/rev": "stable" };
  facts.authorizationPolicies[0]!.spec!.rules![0]!.from = [
    { source: { principals: ["corp.example/ns/gw/sa/gateway"] } },
  ];
  facts.services = facts.services.filter(({ metadata }) => ours(metadata.namespace));
  credential(false)(facts);
};

const ofAMesh = [
  ...["namespace-missing", "operator-unavailable", "network-policy-blocks"],
  ...["sidecar-missing", "gateway-down", "gateway-selector-wrong", "gateway-credential-wrong"],
  ...["gateway-service-wrong", "redirects-forbidden"],
];

export const quiet: QuietCase[] = [
  {
    id: "gateway-service-wrong",
    what: "a load balancer's address",
    change: ({ services }) =>
      Object.assign(gatewayService(services), {
        spec: { type: "LoadBalancer" },
        status: { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } },
      }),
  },
  {
    id: "gateway-service-wrong",
    what: "pods that are not ready, which has a name of its own",
    change: (facts) => {
      notReady(facts, "gateway-0");
      facts.endpointSlices.at(-1)!.endpoints = [];
    },
  },
  ...ofAMesh.map((id) => ({
    id,
    what: "a mesh that the cluster has from elsewhere",
    change: takeMesh,
  })),
  { id: "gateway-credential-wrong", what: "a certificate", change: credential(true) },
  {
    id: "gateway-credential-wrong",
    what: "a certificate with a star",
    change: (facts) => {
      facts.gateways[0]!.spec!.servers![0]!.hosts = ["*.example.org", "./a.example.org"];
      credential(true)(facts);
      facts.certificates.at(-1)!.pem = certificate("*.example.org", 90);
    },
  },
  {
    id: "virtual-service-unbound",
    what: "a route of another team between pods",
    change: ({ virtualServices }) =>
      virtualServices.push(object("shlink", "theirs", { hosts: ["reports.shlink.svc"] })),
  },
  ...["shlink/*.local", "./*.local", "*/*.local"].map((host) => ({
    id: "gateway-host-wrong",
    what: `the host ${host}`,
    change: ({ gateways: [one] }: Facts) => (one!.spec!.servers![0]!.hosts = [host]),
  })),
  {
    id: "redirects-forbidden",
    what: "a DENY for the API of a host",
    change: policy("DENY", [{ to: [{ operation: { hosts: ["x"], paths: ["/rest/v3/*"] } }] }]),
  },
  {
    id: "redirects-forbidden",
    what: "a DENY in another namespace",
    change: policy("DENY", [{}], "vault"),
  },
  {
    id: "redirects-forbidden",
    what: "no policy at all",
    change: (facts) => (facts.authorizationPolicies = []),
  },
  {
    id: "redirect-fails",
    what: "a visitor who is sent to HTTPS",
    change: ({ visits: [one] }) => (one!.status = 301),
  },
];
