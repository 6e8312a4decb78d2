import {
  X509Certificate,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
} from "node:crypto";
import type { KeyObject } from "node:crypto";
import {
  bits,
  boolean,
  integer,
  octets,
  oid,
  sequence,
  set,
  tagged,
  taggedBytes,
  time,
  utf8,
} from "./der.ts";

export interface KeyPair {
  certificate: string;
  key: string;
}

const hour = 3_600_000;
const day = 24 * hour;
const rootName = "postgres-operator-ca";
const ecdsaWithSha384 = sequence(oid("1.2.840.10045.4.3.3"));

interface Request {
  subject: string;
  issuer: string;
  lifetime: number;
  publicKey: KeyObject;
  signingKey: KeyObject;
  extensions: Buffer[];
}

const commonName = (name: string) => sequence(set(sequence(oid("2.5.4.3"), utf8(name))));

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value));
}

const keyUsage = (bitsSet: number, unused: number) =>
  extension("2.5.29.15", true, bits(Buffer.from([bitsSet]), unused));

function keyIdentifier(publicKey: KeyObject): Buffer {
  return createHash("sha1")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest();
}

function issue(request: Request): string {
  const now = Date.now();
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(randomBytes(16)),
    ecdsaWithSha384,
    commonName(request.issuer),
    sequence(time(new Date(now - hour)), time(new Date(now + request.lifetime))),
    commonName(request.subject),
    request.publicKey.export({ type: "spki", format: "der" }),
    tagged(3, sequence(...request.extensions)),
  );
  const signature = sign("sha384", body, request.signingKey);
  const der = sequence(body, ecdsaWithSha384, bits(signature));
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function newKey(): { publicKey: KeyObject; privateKey: KeyObject; pem: string } {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { ...pair, pem: pair.privateKey.export({ type: "sec1", format: "pem" }).toString() };
}

export function newRoot(): KeyPair {
  const key = newKey();
  const certificate = issue({
    subject: rootName,
    issuer: rootName,
    lifetime: 3650 * day,
    publicKey: key.publicKey,
    signingKey: key.privateKey,
    extensions: [
      keyUsage(0x06, 1),
      extension("2.5.29.19", true, sequence(boolean(true), integer(Buffer.from([0])))),
      extension("2.5.29.14", false, octets(keyIdentifier(key.publicKey))),
    ],
  });
  return { certificate, key: key.pem };
}

export function newLeaf(root: KeyPair, subject: string, dnsNames: string[]): KeyPair {
  const key = newKey();
  const rootKey = createPrivateKey(root.key);
  const names = dnsNames.map((name) => taggedBytes(2, Buffer.from(name)));
  const certificate = issue({
    subject,
    issuer: rootName,
    lifetime: 365 * day,
    publicKey: key.publicKey,
    signingKey: rootKey,
    extensions: [
      keyUsage(0xa0, 5),
      extension("2.5.29.19", true, sequence()),
      extension(
        "2.5.29.35",
        false,
        sequence(taggedBytes(0, keyIdentifier(createPublicKey(rootKey)))),
      ),
      extension("2.5.29.17", false, sequence(...names)),
    ],
  });
  return { certificate, key: key.pem };
}

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

/** A leaf is replaced when a third of its life is left, as PGO does. */
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
