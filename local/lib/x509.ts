// The library's dependency injection wants this before it is loaded.
import "reflect-metadata";
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  type webcrypto,
} from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  PublicKey,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  type ExtendedKeyUsage,
  type Extension,
  type JsonGeneralNames,
} from "@peculiar/x509";

export * from "@peculiar/x509";

const hour = 3_600_000;
const day = 24 * hour;

/** One curve by its names in OpenSSL and in Web Cryptography, and the hash that Go signs with on it. */
interface Curve {
  namedCurve: string;
  webName: string;
  hash: string;
}

/** The supported curves by the names that a Pulumi program writes. */
export const curves: Record<string, Curve> = {
  P256: { namedCurve: "prime256v1", webName: "P-256", hash: "SHA-256" },
  P384: { namedCurve: "secp384r1", webName: "P-384", hash: "SHA-384" },
  P521: { namedCurve: "secp521r1", webName: "P-521", hash: "SHA-512" },
};

/** A key pair as the library takes it, its public key also as one of the library's, and how it signs. */
export interface Signer {
  keys: webcrypto.CryptoKeyPair;
  publicKey: PublicKey;
  signingAlgorithm: { name: string; hash: string };
}

/** Reads a private ECDSA key. */
export function signerOf(pem: string): Signer {
  const key = parsePrivateKey(pem);
  const { namedCurve } = key.asymmetricKeyDetails ?? {};
  const curve = Object.values(curves).find((one) => one.namedCurve === namedCurve);
  if (curve === undefined) throw new Error("only ECDSA keys on P256, P384 or P521 can sign");
  const algorithm = { name: "ECDSA", namedCurve: curve.webName };
  const publicKey = createPublicKey(key);
  return {
    keys: {
      privateKey: key.toCryptoKey(algorithm, false, ["sign"]),
      publicKey: publicKey.toCryptoKey(algorithm, true, ["verify"]),
    },
    publicKey: new PublicKey(publicKey.export({ type: "spki", format: "der" })),
    signingAlgorithm: { name: "ECDSA", hash: curve.hash },
  };
}

/** Parses a key; the parser's own error would say no more, and could show a part of the key. */
function parsePrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Error("the private key is not valid PEM");
  }
}

/** A certificate and its private key, both as PEM. */
export interface KeyPair {
  certificate: string;
  key: string;
}

export interface CertificateArgs {
  commonName: string;
  organization?: string;
  validityDays: number;
  /** Hash of the signature; that of the signing key's curve unless said. */
  hash?: string;
}

export interface LeafArgs extends CertificateArgs {
  names?: JsonGeneralNames;
  uses?: ExtendedKeyUsage[];
}

/** Makes an authority of its own, which signs leaves and no other authority. */
export async function createAuthority(args: CertificateArgs): Promise<KeyPair> {
  const key = newKey();
  const signer = signerOf(key);
  const certificate = await sign(args, { key: signer, signer, issuer: subjectOf(args) }, [
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    new BasicConstraintsExtension(true, 0, true),
    await SubjectKeyIdentifierExtension.create(signer.publicKey),
  ]);
  return { certificate, key };
}

/** Makes a key and a certificate for it that the authority vouches for. */
export async function issueCertificate(authority: KeyPair, args: LeafArgs): Promise<KeyPair> {
  const { names = [], uses = [] } = args;
  const key = newKey();
  const issuer = new X509Certificate(authority.certificate);
  const keyId = issuer.getExtension(SubjectKeyIdentifierExtension)?.keyId;
  const parties = {
    key: signerOf(key),
    signer: signerOf(authority.key),
    issuer: issuer.subjectName,
  };
  const certificate = await sign(args, parties, [
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
    new BasicConstraintsExtension(false, undefined, true),
    ...(uses.length > 0 ? [new ExtendedKeyUsageExtension(uses)] : []),
    ...(keyId === undefined ? [] : [new AuthorityKeyIdentifierExtension(keyId)]),
    ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : []),
  ]);
  return { certificate, key };
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "sec1", format: "pem" }).toString();
}

function subjectOf({ commonName, organization }: CertificateArgs): Name {
  return new Name([
    ...(organization === undefined ? [] : [{ O: [organization] }]),
    { CN: [commonName] },
  ]);
}

async function sign(
  args: CertificateArgs,
  { key, signer, issuer }: { key: Signer; signer: Signer; issuer: Name },
  extensions: Extension[],
): Promise<string> {
  const now = Date.now();
  const certificate = await X509CertificateGenerator.create({
    subject: subjectOf(args),
    issuer,
    // Clocks differ.
    notBefore: new Date(now - hour),
    notAfter: new Date(now + args.validityDays * day),
    publicKey: key.publicKey,
    signingKey: signer.keys.privateKey,
    signingAlgorithm: { ...signer.signingAlgorithm, ...(args.hash && { hash: args.hash }) },
    extensions,
  });
  return `${certificate.toString("pem")}\n`;
}
