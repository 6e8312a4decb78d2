import type { X509Certificate } from "node:crypto";
import { charts } from "../../platform/charts.ts";
import { workloads } from "../../platform/workloads.ts";
import type { Certificate, Gateway, Service, VirtualService } from "../facts.ts";
import { finding } from "../finding.ts";
import { bringBack, installAnew } from "../mend.ts";
import {
  hasEndpoints,
  hostsIn,
  hostsOf,
  inNamespace,
  isReady,
  nameOf,
  plainHost,
  podsOf,
  selects,
  unread,
} from "../readings.ts";
import { passedOver } from "./rivals.ts";
import { certificatesIn } from "./vault.ts";

const ingress = workloads.gateway.namespace;
const routes = "kubectl -n shlink get gateways,virtualservices";
const gatewayPods = "kubectl -n istio-ingress get pods,services -o wide";

export const gatewayDown = finding({
  id: "gateway-down",
  link: "gateway",
  severity: "broken",
  title: "The ingress gateway does not run",
  meaning: "No pod of the gateway is ready.",
  consequence: "No visitor reaches anything: connections are refused.",
  fix: "Its pods' events say why they do not start; it needs istiod for its configuration.",
  mend: ["kubectl -n istio-ingress scale --replicas=REPLICAS deployment/istio-ingressgateway"],
  look: [gatewayPods, "kubectl -n istio-ingress get events"],
  needs: ["pods", "others"],
  find: ({ pods, others }) => {
    if (others.includes(ingress)) return [];
    const all = podsOf(pods, "gateway");
    return all.some(isReady) ? [] : [{ text: `${all.length} pods of the gateway, none ready` }];
  },
});

export const gatewayServiceWrong = finding({
  id: "gateway-service-wrong",
  link: "gateway",
  severity: "broken",
  title: "The gateway's Service leads nobody in",
  meaning:
    "The Service of the ingress gateway is not there, leads to none of its pods that are ready, or has no address from the load balancer.",
  consequence: "No visitor from outside reaches the gateway, though it answers within the cluster.",
  fix: "The Service comes with the gateway's chart, and Helm does not look after it. Delete Helm's record of the release, which touches nothing else; pulumi up --refresh --run-program then makes it as mesh.gateway.service says. An address is given by the cluster's load balancer, whose events say why it does not.",
  mend: installAnew,
  look: [gatewayPods, "kubectl -n istio-ingress describe services"],
  needs: ["services", "endpointSlices", "pods", "others"],
  find: ({ services, endpointSlices, pods, others }) => {
    if (others.includes(ingress)) return [];
    const place = `${ingress}/${charts.istioGateway.release}`;
    const service = services.find((one) => nameOf(one) === place);
    if (service === undefined) return [{ text: `there is no Service ${place}` }];
    const isReached =
      hasEndpoints(service, endpointSlices) || !podsOf(pods, "gateway").some(isReady);
    return [
      ...(isReached ? [] : [{ text: `Service ${place} leads to no pod that is ready` }]),
      ...(waitsForAddress(service) ? [{ text: `Service ${place} has no address yet` }] : []),
    ];
  },
});

const waitsForAddress = ({ spec, status }: Service) =>
  spec?.type === "LoadBalancer" &&
  (spec.externalIPs ?? []).length === 0 &&
  (status?.loadBalancer?.ingress ?? []).length === 0;

export const gatewaySelectorWrong = finding({
  id: "gateway-selector-wrong",
  link: "gateway",
  severity: "broken",
  title: "The Gateway selects no pod",
  meaning: "The labels that the Gateway asks for are not those of the ingress gateway's pods.",
  consequence: "The gateway does not listen on the Gateway's ports: connections are refused.",
  fix: "pulumi up --refresh --run-program writes the selector again.",
  mend: bringBack,
  look: [routes, "kubectl -n istio-ingress get pods --show-labels"],
  needs: ["gateways", "pods"],
  find: ({ gateways, pods }) =>
    gateways
      .filter(({ spec }) =>
        podsOf(pods, "gateway").every(
          ({ metadata }) => !selects({ matchLabels: spec?.selector }, metadata.labels),
        ),
      )
      .filter(() => podsOf(pods, "gateway").length > 0)
      .map((gateway) => ({
        text: `Gateway ${nameOf(gateway)} asks for ${JSON.stringify(gateway.spec?.selector ?? {})}`,
      })),
});

export const gatewayCredentialWrong = finding({
  id: "gateway-credential-wrong",
  link: "gateway",
  severity: "broken",
  title: "The Gateway's certificate is not there, or not for its hosts",
  meaning:
    "The Gateway names a Secret that does not exist in the namespace of the gateway's pods, has no certificate or not its key in it, or one for other names than the Gateway's hosts.",
  consequence:
    "The gateway does not open its HTTPS port, so that visitors' connections are reset; or browsers refuse the certificate.",
  fix: "Put the certificate of these hosts and its key there, under the name that routing.tls says.",
  mend: ["kubectl -n istio-ingress create secret tls NAME --cert=tls.crt --key=tls.key"],
  look: [routes, "kubectl -n istio-ingress get secrets"],
  needs: ["gateways", "certificates", "others"],
  find: ({ gateways, certificates, others }) =>
    (others.includes(ingress) ? [] : credentialsOf(gateways))
      .flatMap((name) => certificates.filter(isSecret(ingress, name)))
      .filter(({ unseen }) => unseen === undefined)
      .flatMap((one) => faultsOf(one, hostsWith(one.secret, gateways)))
      .map((text) => ({ text })),
  open: ({ certificates }) => unread(certificates, ingress),
});

const isSecret =
  (space: string, name: string) =>
  ({ namespace, secret }: Certificate) =>
    namespace === space && secret === name;

function faultsOf({ namespace, secret, there, keyFits, pem }: Certificate, hosts: string[]) {
  const where = `Secret ${namespace}/${secret}`;
  if (!there) return [`no certificate in ${where}`];
  if (keyFits === false) return [`the key in ${where} is not the certificate's`];
  const [own] = certificatesIn(pem ?? "");
  return hosts
    .filter((host) => own !== undefined && !isFor(own, host))
    .map((host) => `the certificate in ${where} is not for ${host}`);
}

/** A name with a star is asked for as one that it stands for. */
const isFor = (certificate: X509Certificate, host: string) =>
  host === "*" || certificate.checkHost(host.replace(/^\*/, "any")) !== undefined;

/** The hosts for which a Gateway shows the certificate of a Secret. */
const hostsWith = (secret: string, gateways: Gateway[]) => [
  ...new Set(
    gateways
      .flatMap(({ spec }) => spec?.servers ?? [])
      .filter(({ tls }) => tls?.credentialName === secret)
      .flatMap(({ hosts = [] }) => hosts.map(plainHost)),
  ),
];

/** Names of the Secrets that the Gateways take their certificates from. */
export const credentialsOf = (gateways: Gateway[]) => [
  ...new Set(
    gateways.flatMap(({ spec }) =>
      (spec?.servers ?? []).flatMap(({ tls }) => tls?.credentialName ?? []),
    ),
  ),
];

/** Hosts may name a namespace before a slash, and be or begin with a star. */
const covers = (pattern: string, host: string) =>
  pattern === "*" ||
  pattern === host ||
  (pattern.startsWith("*.") && host.endsWith(pattern.slice(1)));

const overlap = (a: string, b: string) => covers(a, b) || covers(b, a);

/** The Gateways that a VirtualService names. */
const boundTo = (virtual: VirtualService, gateways: Gateway[]) =>
  (virtual.spec?.gateways ?? []).flatMap((name) => {
    const full = name.includes("/") ? name : `${virtual.metadata.namespace}/${name}`;
    return gateways.filter((gateway) => nameOf(gateway) === full);
  });

/** The hosts that a Gateway takes from the routes of a namespace, which a host may name before its slash. */
const hostsFor = (gateway: Gateway, namespace: string | undefined) =>
  hostsIn([gateway])
    .filter((host) => {
      const [place, name] = host.split("/");
      const own = place === "." ? gateway.metadata.namespace : place;
      return name === undefined || own === "*" || own === namespace;
    })
    .map(plainHost);

/** What older Gateways have taken from one, unless a route is bound to them, too. */
const takenFrom = (own: Gateway, all: Gateway[], routes: VirtualService[]) =>
  passedOver(own, all)
    .filter(({ holder }) => routes.every((route) => boundTo(route, [holder]).length === 0))
    .map(({ port, hosts, holder }) => ({
      text:
        `Gateway ${nameOf(own)} has lost ${hosts.map(plainHost).join(", ")} on port ${port} to Gateway ${nameOf(holder)}, ` +
        "which is older and for the same pods",
    }));

export const gatewayHostWrong = finding({
  id: "gateway-host-wrong",
  link: "gateway",
  severity: "broken",
  title: "The Gateway does not take the hosts of the routes",
  meaning:
    "A host name of a VirtualService is none that its Gateway listens for, or an older Gateway for the same pods has it on the same port: istiod passes the younger one over.",
  consequence:
    "Visitors of that name get 404 from the gateway, as for any stranger's, or what the other Gateway leads to.",
  fix: "Gateway and routes follow from routing.hosts: pulumi up --refresh --run-program writes them again. A host that another Gateway has must go from one of the two.",
  mend: bringBack,
  look: [routes, "kubectl get gateways.networking.istio.io -A"],
  needs: ["gateways", "virtualServices"],
  also: ["otherGateways"],
  find: ({ gateways, virtualServices, otherGateways = [] }) => {
    const used = new Set(virtualServices.flatMap((virtual) => boundTo(virtual, gateways)));
    const all = [...gateways, ...otherGateways];
    return [
      ...virtualServices.flatMap((virtual) => hostsOutside(virtual, boundTo(virtual, gateways))),
      ...[...used].flatMap((own) => takenFrom(own, all, virtualServices)),
    ];
  },
});

/** The hosts of a VirtualService that none of its Gateways takes from it. */
function hostsOutside(virtual: VirtualService, bound: Gateway[]) {
  if (bound.length === 0) return [];
  const taken = bound.flatMap((one) => hostsFor(one, virtual.metadata.namespace));
  return (virtual.spec?.hosts ?? [])
    .filter((host) => !taken.some((own) => overlap(own, host)))
    .map((host) => ({
      text: `${host} of VirtualService ${nameOf(virtual)} is no host of ${bound.map(nameOf).join(", ")}`,
    }));
}

export const virtualServiceUnbound = finding({
  id: "virtual-service-unbound",
  link: "gateway",
  severity: "broken",
  title: "No route leads from the Gateway to Shlink",
  meaning: "There is no VirtualService, or the one there is names a Gateway that does not exist.",
  consequence: "The gateway knows no route: visitors get 404.",
  fix: "pulumi up --refresh --run-program makes both again.",
  mend: bringBack,
  look: [routes],
  needs: ["gateways", "virtualServices"],
  find: ({ gateways, virtualServices }) => {
    const own = virtualServices.filter(inNamespace(workloads.shlink.namespace));
    if (own.length === 0) return [{ text: "namespace shlink has no VirtualService" }];
    const visited = hostsOf(gateways);
    const isInternal = ({ spec }: VirtualService) =>
      (spec?.gateways ?? ["mesh"]).every((name) => name === "mesh") &&
      !(spec?.hosts ?? []).some((host) => visited.some((one) => overlap(one, host)));
    return own
      .filter((virtual) => boundTo(virtual, gateways).length === 0 && !isInternal(virtual))
      .map((virtual) => ({
        text: `VirtualService ${nameOf(virtual)} names ${(virtual.spec?.gateways ?? []).join(", ") || "no Gateway"}, which is not there`,
      }));
  },
});
