import { workloads } from "../../platform/workloads.ts";
import type { DestinationRule, Service, VirtualService } from "../facts.ts";
import { finding } from "../finding.ts";
import { bringBack } from "../mend.ts";
import { hasEndpoints, isReady, nameOf, podsOf, serviceOf } from "../readings.ts";

const routes = "kubectl -n shlink get gateways,virtualservices";

export const destinationMissing = finding({
  id: "destination-missing",
  link: "gateway",
  severity: "broken",
  title: "A route leads to no Service",
  meaning:
    "The destination of a VirtualService is no Service of its namespace, not with that port, or a part of it that no DestinationRule has.",
  consequence: "Visitors get 503 from the gateway.",
  fix: "pulumi up --refresh --run-program writes the destination and the Service again.",
  mend: bringBack,
  look: [routes, "kubectl -n shlink get services"],
  needs: ["virtualServices", "services", "destinationRules"],
  find: ({ virtualServices, services, destinationRules }) =>
    virtualServices.flatMap((virtual) => {
      const destinations = destinationsOf(virtual);
      const placeOf = (host = "") => serviceOf(host, virtual.metadata.namespace);
      const lost = destinations.filter(({ host, port }) => {
        const place = placeOf(host);
        return !services.some((one) => nameOf(one) === place && hasPort(one, port?.number));
      });
      const hasSubset = (place: string, name: string) =>
        destinationRules.some((rule) => subsetsFor(place, rule).includes(name));
      return [
        ...new Set([
          ...lost.map(({ host, port }) => `${host}:${port?.number ?? ""}, which is no Service`),
          ...destinations
            .filter(({ host, subset }) => subset !== undefined && !hasSubset(placeOf(host), subset))
            .map(({ host, subset }) => `subset ${subset} of ${host}, which no DestinationRule has`),
        ]),
      ].map((to) => ({ text: `VirtualService ${nameOf(virtual)} leads to ${to}` }));
    }),
});

const destinationsOf = ({ spec }: VirtualService) =>
  (spec?.http ?? []).flatMap(({ route = [] }) =>
    route.flatMap(({ destination }) => destination ?? []),
  );

/** The parts that a rule has of a Service; one for a host with a star may be about it. */
function subsetsFor(place: string, rule: DestinationRule): string[] {
  const { host = "", subsets = [] } = rule.spec ?? {};
  const concerns = host.startsWith("*") || serviceOf(host, rule.metadata.namespace) === place;
  return concerns ? subsets.map(({ name }) => name) : [];
}

const hasPort = ({ spec }: Service, number: number | undefined) =>
  number === undefined || (spec?.ports ?? []).some(({ port }) => port === number);

/** Ports of pods to which Shlink's Service leads in vain. */
const strayPorts = ({ spec }: Service) =>
  (spec?.ports ?? [])
    .map(({ port, targetPort = port }) => targetPort)
    .filter((port) => typeof port === "number" && port !== workloads.shlink.ports.http);

export const serviceWithoutEndpoints = finding({
  id: "service-without-endpoints",
  link: "gateway",
  severity: "broken",
  title: "The Service leads to no pod",
  meaning:
    "Shlink has pods that are ready, and its Service selects none of them, or leads to a port on which they do not listen.",
  consequence: "Visitors get 503 from the gateway.",
  fix: "pulumi up --refresh --run-program writes the Service's selector and port again.",
  mend: bringBack,
  look: [
    "kubectl -n shlink get services,endpointslices",
    "kubectl -n shlink get pods --show-labels",
  ],
  needs: ["services", "endpointSlices", "pods"],
  find: ({ services, endpointSlices, pods }) =>
    podsOf(pods, "shlink").some(isReady)
      ? services
          .filter((service) => nameOf(service) === "shlink/shlink")
          .flatMap((service) =>
            [
              ...(hasEndpoints(service, endpointSlices) ? [] : ["has no endpoint that is ready"]),
              ...strayPorts(service).map(
                (port) => `leads to port ${port}, on which no Shlink listens`,
              ),
            ].map((what) => ({ text: `Service ${nameOf(service)} ${what}` })),
          )
      : [],
});
