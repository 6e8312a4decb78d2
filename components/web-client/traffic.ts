import type * as pulumi from "@pulumi/pulumi";

/** What browsers are told of the page: no other page may show it in a frame, or learn where its links lead. */
const headers = {
  "content-security-policy": "frame-ancestors 'none'; base-uri 'self'; object-src 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};
const hsts = { "strict-transport-security": "max-age=31536000; includeSubDomains" };

/** A page is only read: whatever else is asked finds no route. */
export function pageRoutes(host: string, service: string, port: number, https: boolean) {
  return {
    hosts: [host],
    gateways: ["shlink-gateway"],
    http: [
      {
        name: "web-client",
        match: ["GET", "HEAD"].map((exact) => ({ method: { exact }, uri: { prefix: "/" } })),
        route: [{ destination: { host: service, port: { number: port } } }],
        headers: { response: { set: { ...headers, ...(https ? hsts : {}) } } },
        timeout: "10s",
      },
    ],
  };
}

/** Only the gateway reads the page. */
export const pageReaders = (gatewayPrincipal: pulumi.Input<string>) => ({
  action: "ALLOW",
  rules: [
    {
      from: [{ source: { principals: [gatewayPrincipal] } }],
      to: [{ operation: { methods: ["GET", "HEAD"] } }],
    },
  ],
});

/** Keeps all but the named networks away from the page. */
export const pageClients = (host: string, clients: string[]) => ({
  action: "DENY",
  rules: [
    {
      from: [{ source: { notRemoteIpBlocks: clients } }],
      to: [{ operation: { hosts: [host, `${host}:*`] } }],
    },
  ],
});

/** The page calls nobody, but for its sidecar's traces. */
export const pageEgress = (selector: Record<string, string>, calls: string[]) => ({
  workloadSelector: { labels: selector },
  egress: [{ hosts: calls.length === 0 ? ["~/*"] : calls.map((namespace) => `${namespace}/*`) }],
  outboundTrafficPolicy: { mode: "REGISTRY_ONLY" },
});
