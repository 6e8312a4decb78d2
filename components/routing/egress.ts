import { namespaceOfHost, type OutsideService } from "../../platform/flows.ts";

/** The services that the mesh does not know by itself: those outside of the cluster. */
export const foreign = (services: OutsideService[]) =>
  services.filter(({ host }) => namespaceOfHost(host) === undefined);

/** A sidecar that knows these namespaces and services, and refuses calls to anybody else unless any host is allowed. */
export function egressSpec(
  selector: Record<string, string>,
  namespaces: string[],
  services: OutsideService[],
  anyHost: boolean,
) {
  const own = services.map(({ host }) => namespaceOfHost(host) ?? ".");
  const known = [...new Set([...namespaces, ...own])];
  return {
    workloadSelector: { labels: selector },
    egress: [{ hosts: known.map((namespace) => `${namespace}/*`) }],
    outboundTrafficPolicy: { mode: anyHost ? "ALLOW_ANY" : "REGISTRY_ONLY" },
  };
}

/** Makes a service outside of the cluster known to the sidecars of one namespace. */
export const serviceEntrySpec = ({ host, port, protocol }: OutsideService) => ({
  hosts: [host],
  exportTo: ["."],
  location: "MESH_EXTERNAL",
  resolution: "DNS",
  ports: [{ number: port, name: protocol.toLowerCase(), protocol }],
});
