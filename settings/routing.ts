import { z } from "zod";
import { dnsLabel, host, cidr, internalTls } from "./values.ts";

const perSecond = z.int().min(1);

export const routing = z.strictObject({
  /** Public host names; the first is the default domain of new links. */
  hosts: z.array(host).min(1),
  tls: z.discriminatedUnion("mode", [
    z.strictObject({ mode: z.literal("plaintext") }),
    /** Secret in namespace `istio-ingress` with tls.crt and tls.key. */
    z.strictObject({ mode: z.literal("secret"), credentialName: dnsLabel }),
    /** A certificate of the cluster's cert-manager; an issuer of kind `Issuer` is in namespace `istio-ingress`. */
    z.strictObject({
      mode: z.literal("certManager"),
      issuer: z.strictObject({ kind: z.literal(["Issuer", "ClusterIssuer"]), name: dnsLabel }),
    }),
    /** Clients have to be told of the authority: for hosts that only the own people visit. */
    internalTls,
  ]),
  /** Proxies in front of the gateway that append to X-Forwarded-For; a balancer of connections is none. */
  trustedProxies: z.int().min(0).max(10),
  /** Requests per second that one gateway pod lets through, by kind. */
  rateLimit: z.strictObject({ redirects: perSecond, apiReads: perSecond, apiWrites: perSecond }),
  /** Client networks that may call the REST API. Absent: any, guarded by the API key alone. */
  apiClients: z.array(cidr).min(1).optional(),
});
