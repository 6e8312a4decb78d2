import { serviceHost, solverLabels, workloads } from "../../platform/workloads.ts";

/** Name of the Gateway that takes HTTP while HTTP-01 is in use. */
export const acmeGateway = "shlink-acme";

const { http } = workloads["acme-solver"].ports;

/** cert-manager's own checksum of a host, by which it labels the pod that answers for it: Adler-32. */
export function hostChecksum(host: string): string {
  let [low, high] = [1, 0];
  for (const byte of Buffer.from(host)) {
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  return `${high * 65536 + low}`;
}

export const solverService = (host: string) => `acme-solver-${hostChecksum(host)}`;

/** Leads to the pod that cert-manager starts for a host's question, and to none while there is no question. */
export const solverServiceSpec = (host: string) => ({
  selector: { ...solverLabels, "acme.cert-manager.io/http-domain": hostChecksum(host) },
  ports: [{ name: "http", port: http, targetPort: http, appProtocol: "http" }],
});

/** Plain HTTP, without the redirect of a whole server, which would hit the issuer's questions too. */
export const acmeGatewaySpec = (selector: Record<string, string>, hosts: string[]) => ({
  selector,
  servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts }],
});

/** The issuer's questions about a host go to who can answer, everything else goes to https. */
export const acmeRoutes = (host: string) => ({
  hosts: [host],
  gateways: [acmeGateway],
  http: [
    {
      name: "acme",
      match: [{ uri: { prefix: "/.well-known/acme-challenge/" } }],
      route: [
        {
          destination: {
            host: `${serviceHost("acme-solver", solverService(host))}.cluster.local`,
            port: { number: http },
          },
        },
      ],
      timeout: "10s",
    },
    { name: "https", redirect: { scheme: "https", redirectCode: 301 } },
  ],
});
