import type { RoutingTls } from "./types.ts";

/** Secret in the gateway's namespace with a certificate that is made, be it by cert-manager or here. */
export const certificateSecret = "shlink-tls";

/** Hosts that are served with one certificate, and the Secret that has it. */
export interface Served {
  hosts: string[];
  credentialName: string;
}

/** Every certificate that the gateway needs; none where it speaks HTTP only. */
export function servedCertificates(hosts: string[], tls: RoutingTls): Served[] {
  switch (tls.mode) {
    case "plaintext":
    case "edge":
      return [];
    case "internal":
      return [{ hosts, credentialName: certificateSecret }];
    case "certManager":
      if (tls.certificates !== "perHost") return [{ hosts, credentialName: certificateSecret }];
      return hosts.map((host) => ({
        hosts: [host],
        credentialName: `${certificateSecret}-${host}`,
      }));
    case "secret":
      return bySecret(hosts, tls.credentialName);
  }
}

function bySecret(hosts: string[], credentials: string | Record<string, string>): Served[] {
  if (typeof credentials === "string") return [{ hosts, credentialName: credentials }];
  return [...new Set(Object.values(credentials))].map((credentialName) => ({
    hosts: hosts.filter((host) => credentials[host] === credentialName),
    credentialName,
  }));
}

/** A host's certificate has the shared certificate's name with the host's added, as their Secrets have. */
export const certificateName = ({ credentialName }: Served) =>
  credentialName.replace(certificateSecret, "shlink-certificate");

export type CertManager = Extract<RoutingTls, { mode: "certManager" }>;

export function certificateSpec({ hosts, credentialName }: Served, issuer: CertManager["issuer"]) {
  return {
    secretName: credentialName,
    dnsNames: hosts,
    issuerRef: { group: "cert-manager.io", ...issuer },
    privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
  };
}

/** A sentence about why `pulumi up` may take its time. */
export function waitingFor(name: string, { hosts }: Served, { issuer, http01 }: CertManager) {
  const condition = http01
    ? ", whose DNS records must lead to the gateway's Service istio-ingress/istio-ingressgateway by now"
    : "";
  return (
    `Waiting for ${issuer.kind} ${issuer.name} to issue cert-manager's Certificate istio-ingress/${name} ` +
    `for ${hosts.join(", ")}${condition}. How far it is: kubectl -n istio-ingress describe certificate ${name}`
  );
}
