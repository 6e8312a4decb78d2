import { X509Certificate, createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { createAuthority, issueCertificate, type KeyPair } from "../../lib/x509.ts";

const hash = "SHA-384";

/** Makes a namespace's authority; it lasts ten years, as PGO's does. */
export const newRoot = () =>
  createAuthority({ commonName: "postgres-operator-ca", validityDays: 3650, hash });

/** Makes a certificate for these names. */
export const newLeaf = (root: KeyPair, commonName: string, dnsNames: string[]) =>
  issueCertificate(root, {
    commonName,
    validityDays: 365,
    hash,
    names: dnsNames.map((value) => ({ type: "dns", value })),
  });

function parse(pair: Partial<KeyPair>): { certificate: X509Certificate; key: KeyObject } | null {
  try {
    return {
      certificate: new X509Certificate(pair.certificate ?? ""),
      key: createPrivateKey(pair.key ?? ""),
    };
  } catch {
    return null;
  }
}

export function rootIsValid(pair: Partial<KeyPair>, now: number): pair is KeyPair {
  const root = parse(pair);
  if (root === null) return false;
  return (
    root.certificate.ca &&
    root.certificate.checkPrivateKey(root.key) &&
    root.certificate.validFromDate.getTime() <= now &&
    now < root.certificate.validToDate.getTime()
  );
}

/** Whether a leaf may stay: it is replaced when a third of its life is left, as PGO does. */
export function leafIsValid(
  root: KeyPair,
  pair: Partial<KeyPair>,
  subject: string,
  dnsNames: string[],
  now: number,
): pair is KeyPair {
  const leaf = parse(pair);
  if (leaf === null) return false;
  const { certificate, key } = leaf;
  const from = certificate.validFromDate.getTime();
  const to = certificate.validToDate.getTime();
  return (
    certificate.checkPrivateKey(key) &&
    certificate.verify(createPublicKey(root.certificate)) &&
    certificate.subject === `CN=${subject}` &&
    certificate.subjectAltName === dnsNames.map((name) => `DNS:${name}`).join(", ") &&
    from <= now &&
    now < to - (to - from) / 3
  );
}
