import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { namespaceOfHost } from "../platform/services.ts";
import { dnsSubdomain, narrowCidr } from "./values.ts";

export const tcpPort = z.int().min(1).max(65535);

/** The addresses of servers that a name alone does not tell: network policies know none. */
export const networks = z
  .array(narrowCidr)
  .default([])
  .describe(
    "The networks in which its addresses lie: the network policies open its port there, and nowhere else. Needed unless it is a " +
      "Service of the cluster (`NAME.NAMESPACE.svc`), whose port has to be its pods' own.",
  );

/** A name that leads out of the cluster says not to which addresses. */
export const networksMissing = (hosts: string[], given: string[]) =>
  given.length === 0 && hosts.some((one) => namespaceOfHost(one) === undefined);
export const networksMessage =
  'must name the networks of its addresses, such as ["10.20.0.0/24"]: network policies know no names';

const key = z
  .string()
  .regex(/^[-\w.]+$/, "must be a key: letters, digits, dashes, dots and underscores")
  .default("ca.crt")
  .describe("The key in it.");

function isAuthority(pem: string): boolean {
  try {
    return new X509Certificate(pem).ca;
  } catch {
    return false;
  }
}

/** The certificates of an authority; they go where everybody may read them, so that no private key may stand beside. */
export const certificates = z
  .string()
  .refine(isAuthority, {
    message: "must begin with the certificate of an authority in PEM: -----BEGIN CERTIFICATE-----",
  })
  .refine(
    (pem) => !pem.includes("PRIVATE KEY-----"),
    "must have no private key in it: the certificates alone are meant",
  )
  .meta({ title: "certificates in PEM" });

/** Who signed a server's certificate; an object with it has to be in the namespaces of the pods that check it. */
export const authorityIn = (namespaces: string) =>
  z.discriminatedUnion("mode", [
    z
      .strictObject({
        mode: z.literal("pem"),
        pem: certificates.describe("The certificates."),
      })
      .describe("It stands in the stack file."),
    z
      .strictObject({ mode: z.literal("configMap"), name: dnsSubdomain.describe("Its name."), key })
      .describe(`A ConfigMap that you keep in ${namespaces}.`),
    z
      .strictObject({ mode: z.literal("secret"), name: dnsSubdomain.describe("Its name."), key })
      .describe(`A Secret that you keep in ${namespaces}.`),
  ]);
