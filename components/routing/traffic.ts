import type { RoutingArgs } from "./index.ts";

/** `secret`: a Secret in the gateway's namespace with tls.crt and tls.key. */
export type RoutingTls = { mode: "plaintext" } | { mode: "secret"; credentialName: string };

export function gatewaySpec(selector: Record<string, string>, hosts: string[], tls: RoutingTls) {
  const http = { port: { number: 80, name: "http", protocol: "HTTP" }, hosts };
  if (tls.mode === "plaintext") return { selector, servers: [http] };
  const https = {
    port: { number: 443, name: "https", protocol: "HTTPS" },
    tls: { mode: "SIMPLE", credentialName: tls.credentialName, minProtocolVersion: "TLSV1_2" },
    hosts,
  };
  return { selector, servers: [{ ...http, tls: { httpsRedirect: true } }, https] };
}

/** Headers by which a visitor could pretend to be somebody else; the gateway's X-Forwarded-For remains. */
const spoofable = [
  "cf-connecting-ip",
  "true-client-ip",
  "x-real-ip",
  "forwarded",
  "x-cluster-client-ip",
  "client-ip",
];
const hsts = { "strict-transport-security": "max-age=31536000; includeSubDomains" };

/** Reads are tried again after any loss; anything else only when the server cannot have seen it. */
export function virtualServiceSpec({ hosts, service, tls }: RoutingArgs) {
  const route = [{ destination: { host: service.host, port: { number: service.port } } }];
  const headers = {
    request: { remove: spoofable },
    ...(tls.mode === "secret" ? { response: { set: hsts } } : {}),
  };
  return {
    hosts,
    gateways: ["shlink-gateway"],
    http: [
      {
        name: "reads",
        match: [{ method: { exact: "GET" } }, { method: { exact: "HEAD" } }],
        route,
        headers,
        timeout: "10s",
        // Three tries have to fit into the timeout.
        retries: {
          attempts: 2,
          perTryTimeout: "3s",
          retryOn: "connect-failure,refused-stream,reset,503",
        },
      },
      {
        name: "writes",
        route,
        headers,
        // Creating a link may fetch its target for the title.
        timeout: "30s",
        retries: { attempts: 2, retryOn: "connect-failure,refused-stream" },
      },
    ],
  };
}

/**
 * Limits, and the ejection of a server that keeps failing. Envoy ejects only as long as the share of the
 * ejected stays below the percentage, so less than one server's share would never eject any; and one server
 * alone is never ejected.
 */
export function destinationSpec(host: RoutingArgs["service"]["host"], replicas: number) {
  const outlierDetection = {
    consecutive5xxErrors: 5,
    interval: "10s",
    baseEjectionTime: "30s",
    maxEjectionPercent: Math.ceil(100 / replicas),
  };
  return {
    host,
    trafficPolicy: {
      tls: { mode: "ISTIO_MUTUAL" },
      connectionPool: {
        tcp: { maxConnections: 1024, connectTimeout: "2s" },
        http: { http1MaxPendingRequests: 1024, http2MaxRequests: 1024 },
      },
      ...(replicas > 1 ? { outlierDetection } : {}),
    },
  };
}
