import { servedCertificates } from "./certificates.ts";
import { edgeScheme } from "./edge.ts";
import type { RouteName, RoutingArgs, RoutingTls } from "./types.ts";

/** One server for each certificate, and plain HTTP, which redirects there unless other routes do (`acme.ts`). */
export function gatewaySpec(selector: Record<string, string>, hosts: string[], tls: RoutingTls) {
  const http = { port: { number: 80, name: "http", protocol: "HTTP" }, hosts };
  const certificates = servedCertificates(hosts, tls);
  if (certificates.length === 0) return { selector, servers: [http] };
  const secured = certificates.map((served, index) => ({
    port: { number: 443, name: index === 0 ? "https" : `https-${index}`, protocol: "HTTPS" },
    tls: {
      mode: "SIMPLE",
      credentialName: served.credentialName,
      minProtocolVersion: "TLSV1_2",
    },
    hosts: served.hosts,
  }));
  const redirects = isHttp01(tls) ? [] : [{ ...http, tls: { httpsRedirect: true } }];
  return { selector, servers: [...redirects, ...secured] };
}

export const isHttp01 = (tls: RoutingTls): boolean => tls.mode === "certManager" && tls.http01;

/** Headers besides X-Forwarded-For by which a visitor could pretend to be somebody else. */
const spoofable = [
  "cf-connecting-ip",
  "true-client-ip",
  "x-real-ip",
  "forwarded",
  "x-forwarded",
  "x-cluster-client-ip",
  "client-ip",
];
const hsts = { "strict-transport-security": "max-age=31536000; includeSubDomains" };

/**
 * The gateway knows the client: the peer, or what the trusted proxies in front of it wrote. It says so to
 * Shlink in place of all that came with the request, which a visitor may have written.
 */
const clientAddress = { "x-forwarded-for": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%" };

interface Tries {
  timeout: string;
  retries: { attempts: number; perTryTimeout?: string; retryOn: string };
}

const reading: Tries = {
  timeout: "10s",
  // Three tries have to fit into the timeout.
  retries: {
    attempts: 2,
    perTryTimeout: "3s",
    retryOn: "connect-failure,refused-stream,reset,503",
  },
};
/** Creating a link may fetch its target for the title. */
const writing: Tries = {
  timeout: "30s",
  retries: { attempts: 2, retryOn: "connect-failure,refused-stream" },
};

interface VirtualServiceArgs {
  hosts: string[];
  service: Pick<RoutingArgs["service"], "host" | "port">;
  basePath: string;
  tls: RoutingTls;
}

/** Routes by the names under which the rate limits find them. Reads are tried again after any loss; anything else only when the server cannot have seen it. */
export function virtualServiceSpec({ hosts, service, basePath, tls }: VirtualServiceArgs) {
  const route = [{ destination: { host: service.host, port: { number: service.port } } }];
  const named = (name: RouteName, match: object[], tries: Tries) => ({
    name,
    ...(match.length === 0 ? {} : { match }),
    route,
    headers: headersOf(tls),
    ...tries,
  });
  const writes = basePath === "" ? [] : below(basePath).map((uri) => ({ uri }));
  return {
    hosts,
    gateways: ["shlink-gateway"],
    http: [
      named("api-reads", reads({ prefix: `${basePath}/rest/` }), reading),
      named("redirects", below(basePath).flatMap(reads), reading),
      named("api-writes", writes, writing),
    ],
  };
}

const headersOf = ({ mode }: RoutingTls) => ({
  request: {
    remove: spoofable,
    set: mode === "edge" ? { ...clientAddress, ...edgeScheme } : clientAddress,
  },
  ...(mode === "plaintext" ? {} : { response: { set: hsts } }),
});

type Path = { exact: string } | { prefix: string };

/** The base path and what is below it, but not what only begins like it. */
const below = (basePath: string): Path[] => [
  ...(basePath === "" ? [] : [{ exact: basePath }]),
  { prefix: `${basePath}/` },
];

const reads = (uri: Path) => ["GET", "HEAD"].map((exact) => ({ method: { exact }, uri }));

/**
 * Limits, and the ejection of a server that keeps failing. Envoy ejects only as long as the share of the
 * ejected stays below the percentage, so less than one server's share would never eject any; and one server
 * alone is never ejected.
 */
export function destinationSpec(host: RoutingArgs["service"]["host"], replicas: number) {
  const maxEjectionPercent = Math.ceil(100 / replicas);
  return {
    host,
    trafficPolicy: {
      tls: { mode: "ISTIO_MUTUAL" },
      connectionPool: {
        tcp: { maxConnections: 1024, connectTimeout: "2s" },
        http: { http1MaxPendingRequests: 1024, http2MaxRequests: 1024 },
      },
      ...(replicas > 1 && { outlierDetection: { ...ejection, maxEjectionPercent } }),
    },
  };
}

const ejection = {
  // Its own 500s say that the database is away, which ejecting a server does not mend.
  consecutive5xxErrors: 0,
  consecutiveGatewayErrors: 5,
  interval: "10s",
  baseEjectionTime: "10s",
};
