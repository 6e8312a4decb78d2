import { z } from "zod";
import { cidr, dnsSubdomain, host, internalTls } from "./values.ts";

const perSecond = z.int().min(1);

const tls = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("plaintext") }).describe("HTTP only, for a local cluster."),
  z
    .strictObject({
      mode: z.literal("secret"),
      credentialName: dnsSubdomain.describe(
        "Secret in namespace `istio-ingress` with `tls.crt` and `tls.key`.",
      ),
    })
    .describe("A certificate that somebody puts into a Secret."),
  z
    .strictObject({
      mode: z.literal("certManager"),
      issuer: z
        .strictObject({
          kind: z
            .literal(["Issuer", "ClusterIssuer"])
            .describe("Kind of the issuer; an Issuer is in namespace `istio-ingress`."),
          name: dnsSubdomain.describe("Name of the issuer."),
        })
        .describe("The issuer that signs the certificate."),
    })
    .describe("A certificate of the cluster's cert-manager."),
  internalTls.describe(
    "A certificate of the program's own authority, which browsers have to be told of: for hosts that only your own " +
      "people visit.",
  ),
]);

export const routing = z
  .strictObject({
    hosts: z
      .array(host)
      .min(1)
      .refine((hosts) => new Set(hosts).size === hosts.length, "must name each host once")
      .describe("Public host names; the first is the default domain of new links."),
    tls: tls.describe("Where the certificate of the public host names comes from."),
    trustedProxies: z
      .int()
      .min(0)
      .max(10)
      .default(0)
      .describe(
        "Proxies in front of the gateway that append to X-Forwarded-For; a balancer of connections is none.",
      ),
    rateLimit: z
      .strictObject({
        redirects: perSecond.default(500).describe("GET and HEAD outside of `/rest/`."),
        apiReads: perSecond.default(100).describe("GET and HEAD below `/rest/`."),
        apiWrites: perSecond.default(20).describe("All other requests."),
      })
      .prefault({})
      .describe(
        "Requests per second that one pod of the gateway lets through, with bursts of twice as many.",
      ),
    apiClients: z
      .array(cidr)
      .min(1)
      .describe(
        "Client networks that may call the REST API. Default: every network, guarded by the API key alone.",
      )
      .optional(),
  })
  .describe("The way in: host names, certificate, limits.");
