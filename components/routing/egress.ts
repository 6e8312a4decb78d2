import { isIP } from "node:net";
import { namespaceOfHost, type OutsideService } from "../../platform/services.ts";
import type { OutsideStore } from "../../platform/stores.ts";

/** The services that the mesh does not know by itself: those outside of the cluster. */
export const foreign = (services: OutsideService[]) =>
  services.filter(({ host }) => namespaceOfHost(host) === undefined);

/** A sidecar that knows these namespaces and services, and refuses calls to anybody else unless any host is allowed. */
export function egressSpec(
  selector: Record<string, string>,
  namespaces: string[],
  services: (OutsideService | OutsideStore)[],
  anyHost: boolean,
) {
  const hosts = services.flatMap((one) => ("host" in one ? one.host : one.hosts));
  const own = hosts.map((host) => namespaceOfHost(host) ?? ".");
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

/**
 * Makes a database or a Redis outside of the cluster known to the sidecars of one namespace. They open the connection to
 * the address that Shlink chose: servers may have several, and a cluster or a sentinel names further ones. To a proxy both
 * are TCP, even with TLS: PostgreSQL asks for it in a protocol of its own, and Redis by no name that could be routed by.
 */
export const storeEntrySpec = ({ name, hosts, ports, networks, encrypted }: OutsideStore) => ({
  hosts: [...new Set(hosts.map((host) => (isIP(host) === 0 ? host : `${name}.invalid`)))],
  addresses: networks,
  exportTo: ["."],
  location: "MESH_EXTERNAL",
  resolution: "NONE",
  ports: ports.map((number) => ({
    number,
    name: `${encrypted ? "tls" : "tcp"}-${name}-${number}`,
    protocol: "TCP",
  })),
});
