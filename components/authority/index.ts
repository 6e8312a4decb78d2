import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { token } from "../../platform/project.ts";

/** For how long a certificate is valid, and how long before its end the next `pulumi up` makes another. */
export interface Lifetime {
  validityDays: number;
  renewBeforeDays: number;
}

export interface CertificateRequest extends Lifetime {
  /** Where the Secret with tls.crt, tls.key and ca.crt goes, and its name. */
  namespace: pulumi.Input<string>;
  secretName: string;
  dnsNames: string[];
  ipAddresses?: string[];
}

/** The authority is renewed so early that nothing it has signed outlives it. */
const authorityLifetime: Lifetime = { validityDays: 3650, renewBeforeDays: 825 };
const ecdsa = { algorithm: "ECDSA", ecdsaCurve: "P256" };

/**
 * Signs certificates of servers inside the cluster. Its key stays when its certificate is renewed, so that
 * whoever knows the old certificate trusts what is signed under the new one.
 */
export class CertificateAuthority extends pulumi.ComponentResource {
  readonly #options: pulumi.CustomResourceOptions;
  readonly #key: tls.PrivateKey;
  readonly #certificate: tls.SelfSignedCert;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super(token("CertificateAuthority"), name, {}, opts);
    const provider = new tls.Provider("tls", {}, { parent: this });
    this.#options = { parent: this, provider };
    this.#key = new tls.PrivateKey(name, ecdsa, this.#options);
    this.#certificate = new tls.SelfSignedCert(
      name,
      {
        privateKeyPem: this.#key.privateKeyPem,
        subject: { commonName: "shlink-platform" },
        isCaCertificate: true,
        allowedUses: ["cert_signing", "crl_signing"],
        ...hours(authorityLifetime),
      },
      this.#options,
    );
    this.registerOutputs({});
  }

  /** Makes a server's certificate, and the Secret from which the server takes it. */
  issue(name: string, request: CertificateRequest): k8s.core.v1.Secret {
    const { namespace, secretName } = request;
    const { privateKeyPem } = new tls.PrivateKey(name, ecdsa, this.#options);
    const { certPem } = this.#sign(name, privateKeyPem, request);
    return new k8s.core.v1.Secret(
      name,
      {
        metadata: { name: secretName, namespace },
        type: "kubernetes.io/tls",
        stringData: {
          "tls.crt": certPem,
          "tls.key": privateKeyPem,
          "ca.crt": this.#certificate.certPem,
        },
      },
      { parent: this },
    );
  }

  #sign(
    name: string,
    privateKeyPem: pulumi.Output<string>,
    { dnsNames, ipAddresses = [], ...lifetime }: CertificateRequest,
  ): tls.LocallySignedCert {
    const request = new tls.CertRequest(
      name,
      { privateKeyPem, subject: { commonName: name }, dnsNames, ipAddresses },
      this.#options,
    );
    return new tls.LocallySignedCert(
      name,
      {
        certRequestPem: request.certRequestPem,
        caPrivateKeyPem: this.#key.privateKeyPem,
        caCertPem: this.#certificate.certPem,
        allowedUses: ["digital_signature", "server_auth"],
        ...hours(lifetime),
      },
      this.#options,
    );
  }
}

const hours = ({ validityDays, renewBeforeDays }: Lifetime) => ({
  validityPeriodHours: validityDays * 24,
  earlyRenewalHours: renewBeforeDays * 24,
});
