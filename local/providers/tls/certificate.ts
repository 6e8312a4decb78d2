import { randomBytes } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  type Extension,
  type Name,
  type PublicKey,
} from "../../lib/x509.ts";
import {
  flag,
  number,
  strings,
  text,
  type Draft,
  type Field,
  type Fields,
  type Outcome,
} from "../host/resource.ts";
import { UNKNOWN, type Props } from "../host/values.ts";
import type { Signer } from "../../lib/x509.ts";

const hour = 3_600_000;
const switchedOff: Field = { kind: "boolean", computed: true, default: false, replaces: true };
const output: Field = { kind: "string", output: true };

const keyUsages: Record<string, KeyUsageFlags> = {
  digital_signature: KeyUsageFlags.digitalSignature,
  content_commitment: KeyUsageFlags.nonRepudiation,
  key_encipherment: KeyUsageFlags.keyEncipherment,
  data_encipherment: KeyUsageFlags.dataEncipherment,
  key_agreement: KeyUsageFlags.keyAgreement,
  cert_signing: KeyUsageFlags.keyCertSign,
  crl_signing: KeyUsageFlags.cRLSign,
  encipher_only: KeyUsageFlags.encipherOnly,
  decipher_only: KeyUsageFlags.decipherOnly,
};
const extendedKeyUsages: Record<string, ExtendedKeyUsage> = {
  server_auth: ExtendedKeyUsage.serverAuth,
  client_auth: ExtendedKeyUsage.clientAuth,
  code_signing: ExtendedKeyUsage.codeSigning,
  email_protection: ExtendedKeyUsage.emailProtection,
  timestamping: ExtendedKeyUsage.timeStamping,
  ocsp_signing: ExtendedKeyUsage.ocspSigning,
};

/** What both kinds of certificate have in common. */
export const certificateFields: Fields = {
  validityPeriodHours: { kind: "integer", required: true, replaces: true, refuse: negative },
  earlyRenewalHours: { kind: "integer", computed: true, default: 0, refuse: negative },
  allowedUses: {
    kind: "list",
    required: true,
    replaces: true,
    refuse: (value) => {
      const known = { ...keyUsages, ...extendedKeyUsages };
      const wrong = (value as string[]).find((use) => known[use] === undefined);
      return wrong === undefined ? undefined : `the local plugin does not know the use "${wrong}"`;
    },
  },
  isCaCertificate: switchedOff,
  setSubjectKeyId: switchedOff,
  maxPathLength: { kind: "integer", replaces: true },
  certPem: output,
  readyForRenewal: { kind: "boolean", output: true },
  validityStartTime: output,
  validityEndTime: output,
};

function negative(value: unknown): string | undefined {
  return Number(value) < 0 ? "it must be at least 0" : undefined;
}

/** A certificate whose time has come is replaced, without anybody asking for a refresh. */
export function renewWhenDue(_: null, { state, planned, replaces }: Draft): void {
  const validity = number(planned, "validityPeriodHours");
  const isAlwaysDue = validity === 0 || number(planned, "earlyRenewalHours") >= validity;
  planned["readyForRenewal"] = isAlwaysDue;
  if (state === undefined || !isDue(planned)) return;
  planned["readyForRenewal"] = UNKNOWN;
  replaces.add("readyForRenewal");
}

function isDue(props: Props): boolean {
  const end = Date.parse(text(props, "validityEndTime"));
  return end - number(props, "earlyRenewalHours") * hour <= Date.now();
}

/** A refresh says that a certificate is due; what it says besides is what the state knows. */
export const readCertificate = (_: null, id: string, state: Props): Promise<Outcome> =>
  Promise.resolve({ id, state: isDue(state) ? { ...state, readyForRenewal: true } : state });

export interface Request {
  subject: Name;
  issuer: Name;
  publicKey: PublicKey;
  signer: Signer;
  /** Subject key identifier of the issuer, when it has one and is another. */
  issuerKeyId?: string;
  extensions: Extension[];
}

/** Signs what the plan asks for, and gives the state that the real provider would keep. */
export async function sign(planned: Props, request: Request): Promise<Outcome> {
  const serial = randomBytes(16);
  const notBefore = new Date();
  const notAfter = new Date(notBefore.getTime() + number(planned, "validityPeriodHours") * hour);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serial.toString("hex"),
    subject: request.subject,
    issuer: request.issuer,
    notBefore,
    notAfter,
    publicKey: request.publicKey,
    signingKey: request.signer.keys.privateKey,
    signingAlgorithm: request.signer.signingAlgorithm,
    extensions: await extensionsOf(planned, request),
  });
  const state = {
    ...planned,
    certPem: `${certificate.toString("pem")}\n`,
    validityStartTime: notBefore.toISOString(),
    validityEndTime: notAfter.toISOString(),
  };
  return { id: BigInt(`0x${serial.toString("hex")}`).toString(), state };
}

async function extensionsOf(planned: Props, request: Request): Promise<Extension[]> {
  const { publicKey, issuerKeyId } = request;
  const isCa = flag(planned, "isCaCertificate");
  const pathLength = isCa ? number(planned, "maxPathLength") || undefined : undefined;
  const hasKeyId = isCa || flag(planned, "setSubjectKeyId");
  return [
    ...usages(planned),
    new BasicConstraintsExtension(isCa, pathLength, true),
    ...(hasKeyId ? [await SubjectKeyIdentifierExtension.create(publicKey)] : []),
    ...(issuerKeyId === undefined ? [] : [new AuthorityKeyIdentifierExtension(issuerKeyId)]),
    ...request.extensions,
  ];
}

function usages(planned: Props): Extension[] {
  const uses = strings(planned, "allowedUses");
  const flags = uses.reduce((sum, use) => sum | (keyUsages[use] ?? 0), 0);
  const extended = uses.flatMap((use) => extendedKeyUsages[use] ?? []);
  return [
    ...(flags === 0 ? [] : [new KeyUsagesExtension(flags, true)]),
    ...(extended.length === 0 ? [] : [new ExtendedKeyUsageExtension(extended)]),
  ];
}
