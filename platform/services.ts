/** A service that Shlink calls because a setting names it. */
export interface OutsideService {
  /** Full host name, of the internet or of a Service in the cluster. */
  host: string;
  /** The service's port, which a Service in the cluster has to share with its pods. */
  port: number;
  protocol: "TLS" | "HTTP" | "TCP";
  why: string;
}

/** The service behind a web address. */
export function web(url: string, why: string): OutsideService {
  const { hostname: host, port, protocol } = new URL(url);
  return protocol === "https:"
    ? { host, port: Number(port || 443), protocol: "TLS", why }
    : { host, port: Number(port || 80), protocol: "HTTP", why };
}

/** The namespace of a Service in the cluster, by its host name; undefined: the host is outside. */
export const namespaceOfHost = (host: string) =>
  /^[^.]+\.([^.]+)\.svc(\.cluster\.local)?$/.exec(host)?.[1];
