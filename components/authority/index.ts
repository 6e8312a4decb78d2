import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { projectName, token } from "../../platform/project.ts";

/** These days say how long a certificate is valid, and how long before its end the next `pulumi up` makes another. */
export interface Lifetime {
  validityDays: number;
  renewBeforeDays: number;
}

/** The setting of a certificate that this program's own authority signs. */
export type Internal = { mode: "internal" } & Lifetime;

/** The authority is renewed so early that nothing it has signed outlives it. */
const authorityLifetime: Lifetime = { validityDays: 3650, renewBeforeDays: 825 };

/** The kind of all keys, the authority's own and those of the servers. */
export const ecdsa = { algorithm: "ECDSA", ecdsaCurve: "P256" };

/**
 * Signs certificates of servers inside the cluster. Its key stays when its certificate is renewed, so that
 * whoever knows the old certificate trusts what is signed under the new one.
 */
export class CertificateAuthority extends pulumi.ComponentResource {
  readonly provider: tls.Provider;
  readonly privateKeyPem: pulumi.Output<string>;
  readonly certPem: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super(token("CertificateAuthority"), name, {}, opts);
    this.provider = new tls.Provider("tls", {}, { parent: this });
    const options = { parent: this, provider: this.provider };
    this.privateKeyPem = new tls.PrivateKey(name, ecdsa, options).privateKeyPem;
    const certificate = new tls.SelfSignedCert(
      name,
      {
        privateKeyPem: this.privateKeyPem,
        subject: { commonName: projectName },
        isCaCertificate: true,
        allowedUses: ["cert_signing", "crl_signing"],
        ...hours(authorityLifetime),
      },
      options,
    );
    this.certPem = certificate.certPem;
    this.registerOutputs({});
  }
}

export const hours = ({ validityDays, renewBeforeDays }: Lifetime) => ({
  validityPeriodHours: validityDays * 24,
  earlyRenewalHours: renewBeforeDays * 24,
});
