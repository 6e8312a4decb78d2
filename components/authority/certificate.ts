import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { token } from "../../platform/project.ts";
import { type CertificateAuthority, ecdsa, hours, type Internal, type Lifetime } from "./index.ts";

interface Server {
  /** Where the Secret with tls.crt, tls.key and ca.crt goes, and its name. */
  namespace: pulumi.Input<string>;
  secretName: string;
  dnsNames: string[];
  ipAddresses?: string[];
}

export interface IssuedCertificateArgs extends Server, Lifetime {
  authority: CertificateAuthority;
}

/** A server's certificate with its key, signed by the authority, in the Secret from which the server takes it. */
export class IssuedCertificate extends pulumi.ComponentResource {
  readonly secret: k8s.core.v1.Secret;

  constructor(name: string, args: IssuedCertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("IssuedCertificate"), name, {}, opts);
    const { authority, namespace, secretName } = args;
    // In the stacks of an earlier version the authority is the parent of all that it signs.
    const own = { parent: this, aliases: [{ parent: authority }] };
    const signing = { ...own, provider: authority.provider };
    const { privateKeyPem } = new tls.PrivateKey(name, ecdsa, signing);
    const { certPem } = sign(name, args, privateKeyPem, signing);
    this.secret = new k8s.core.v1.Secret(
      name,
      {
        metadata: { name: secretName, namespace },
        type: "kubernetes.io/tls",
        stringData: {
          "tls.crt": certPem,
          "tls.key": privateKeyPem,
          "ca.crt": authority.certPem,
        },
      },
      own,
    );
    this.registerOutputs({ secretName });
  }
}

function sign(
  name: string,
  { authority, dnsNames, ipAddresses = [], ...lifetime }: IssuedCertificateArgs,
  privateKeyPem: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
): tls.LocallySignedCert {
  const subject = { commonName: name };
  const request = { privateKeyPem, subject, dnsNames, ipAddresses };
  const { certRequestPem } = new tls.CertRequest(name, request, opts);
  return new tls.LocallySignedCert(
    name,
    {
      certRequestPem,
      caPrivateKeyPem: authority.privateKeyPem,
      caCertPem: authority.certPem,
      allowedUses: ["digital_signature", "server_auth"],
      ...hours(lifetime),
    },
    opts,
  );
}

/** Issues the certificate of a server whose setting says `internal`; that of others comes from elsewhere. */
export function certify(
  name: string,
  setting: Internal | { mode: string },
  authority: CertificateAuthority | undefined,
  server: Server,
  opts: pulumi.ComponentResourceOptions,
): IssuedCertificate | undefined {
  if (!isInternal(setting)) return undefined;
  if (authority === undefined)
    throw new Error(`IssuedCertificate "${name}": there is no authority to sign it.`);
  const { validityDays, renewBeforeDays } = setting;
  const args = { ...server, authority, validityDays, renewBeforeDays };
  return new IssuedCertificate(name, args, opts);
}

const isInternal = (setting: Internal | { mode: string }): setting is Internal =>
  setting.mode === "internal";
