import { z } from "zod";
import { cidr, dnsSubdomain, host, internalTls, narrowCidr } from "./values.ts";

const perSecond = z.int().min(1);

const tls = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("plaintext") }).describe("HTTP only, for a local cluster."),
  z
    .strictObject({
      mode: z.literal("edge"),
      proxies: z
        .array(narrowCidr)
        .min(1)
        .describe(
          "Networks of what ends TLS in front of the gateway; the gateway answers nobody else, so that nobody else is " +
            "believed about the client.",
        ),
    })
    .describe(
      "TLS ends in front of the gateway, which speaks HTTP and sends nobody to https, as what is in front should. Links " +
        "begin with https. It needs `trustedProxies` or the gateway's `proxyProtocol`, and `externalTrafficPolicy: Local`.",
    ),
  z
    .strictObject({
      mode: z.literal("secret"),
      credentialName: z
        .union([dnsSubdomain, z.record(host, dnsSubdomain)], {
          error:
            "must be a DNS subdomain, the name of a Secret, or a map with one for each of routing.hosts",
        })
        .meta({
          title: "Secret's name, or a map with one for each host",
          examples: [{ "s.example.com": "s-tls" }],
        })
        .describe("Secret in namespace `istio-ingress` with `tls.crt` and `tls.key`."),
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
      certificates: z
        .literal(["shared", "perHost"])
        .default("shared")
        .describe(
          "Whether all hosts share one certificate, or each has its own, so that one that fails stops no other.",
        ),
      http01: z
        .boolean()
        .default(false)
        .describe(
          "Whether the issuer asks for the hosts by HTTP (ACME HTTP-01): the gateway then leads these questions to " +
            "cert-manager, and redirects all other HTTP.",
        ),
    })
    .describe("A certificate of the cluster's cert-manager; `pulumi up` waits until it is issued."),
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
