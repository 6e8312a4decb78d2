/** A sidecar that knows these namespaces, and refuses calls to anybody else unless any host is allowed. */
export function egressSpec(
  selector: Record<string, string>,
  namespaces: string[],
  anyHost: boolean,
) {
  return {
    workloadSelector: { labels: selector },
    egress: [{ hosts: namespaces.map((namespace) => `${namespace}/*`) }],
    outboundTrafficPolicy: { mode: anyHost ? "ALLOW_ANY" : "REGISTRY_ONLY" },
  };
}
