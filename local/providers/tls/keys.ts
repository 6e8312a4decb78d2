import { createPrivateKey, createPublicKey, type KeyObject, type webcrypto } from "node:crypto";
import { PublicKey } from "./x509.ts";

export interface Curve {
  /** As the terms of OpenSSL and of Web Cryptography go. */
  namedCurve: string;
  webName: string;
  /** Go signs with the hash that fits the curve. */
  hash: string;
}

/** By the names that the program writes. */
export const curves: Record<string, Curve> = {
  P256: { namedCurve: "prime256v1", webName: "P-256", hash: "SHA-256" },
  P384: { namedCurve: "secp384r1", webName: "P-384", hash: "SHA-384" },
  P521: { namedCurve: "secp521r1", webName: "P-521", hash: "SHA-512" },
};

/** A key pair as the X.509 library takes it, its public key also as one of its own, and how it signs. */
export interface Signer {
  keys: webcrypto.CryptoKeyPair;
  publicKey: PublicKey;
  signingAlgorithm: { name: string; hash: string };
}

export function signerOf(pem: string): Signer {
  const key = parsed(pem);
  const { namedCurve } = key.asymmetricKeyDetails ?? {};
  const curve = Object.values(curves).find((one) => one.namedCurve === namedCurve);
  if (curve === undefined)
    throw new Error("the local plugin signs with ECDSA keys of its own only");
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

/** The parser's own words would say no more, and could show a part of the key. */
function parsed(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Error("the private key is not valid PEM");
  }
}
