import type * as pulumi from "@pulumi/pulumi";
import { CertificateAuthority, type Lifetime } from "./index.ts";
import { certificateSecret } from "../routing/traffic.ts";
import type { RoutingTls } from "../routing/types.ts";
import { serverNames } from "../vault/names.ts";
import type { VaultTls } from "../vault/types.ts";

/** A certificate that the program makes. */
type Internal = { mode: "internal" } & Lifetime;

interface Sections {
  vault: { replicas: number; tls: VaultTls | Internal };
  routing: { hosts: string[]; tls: RoutingTls | Internal };
}

interface Namespaces {
  vault: pulumi.Input<string>;
  "istio-ingress": pulumi.Input<string>;
}

/** In which Secret each server finds its certificate. Those that are internal are made; without any there is no authority. */
export function serverCertificates(
  { vault, routing }: Sections,
  namespaces: Namespaces,
  opts: pulumi.ComponentResourceOptions,
): { vault: VaultTls; routing: RoutingTls } {
  if (vault.tls.mode !== "internal" && routing.tls.mode !== "internal")
    return { vault: vault.tls, routing: routing.tls };
  const authority = new CertificateAuthority("authority", opts);
  return {
    vault:
      vault.tls.mode === "internal"
        ? vaultCertificate(authority, namespaces.vault, serverNames(vault.replicas), vault.tls)
        : vault.tls,
    routing:
      routing.tls.mode === "internal"
        ? gatewayCertificate(authority, namespaces["istio-ingress"], routing.hosts, routing.tls)
        : routing.tls,
  };
}

function vaultCertificate(
  authority: CertificateAuthority,
  namespace: pulumi.Input<string>,
  dnsNames: string[],
  lifetime: Lifetime,
): VaultTls {
  const secretName = "vault-server-tls";
  const secret = authority.issue("vault-server", {
    ...lifetime,
    namespace,
    secretName,
    dnsNames,
    ipAddresses: ["127.0.0.1", "::1"],
  });
  return { mode: "secret", secretName, secret };
}

function gatewayCertificate(
  authority: CertificateAuthority,
  namespace: pulumi.Input<string>,
  dnsNames: string[],
  lifetime: Lifetime,
): RoutingTls {
  const secretName = certificateSecret;
  authority.issue("gateway", { ...lifetime, namespace, secretName, dnsNames });
  return { mode: "secret", credentialName: secretName };
}
