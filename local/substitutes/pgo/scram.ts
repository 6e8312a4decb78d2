import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

const iterations = 4096;

/** The value PostgreSQL keeps instead of a password; every call has another salt. */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16)): string {
  // SASLprep ends in NFKC; for the printable ASCII that PGO generates it changes nothing.
  const salted = pbkdf2Sync(password.normalize("NFKC"), salt, iterations, 32, "sha256");
  const hmac = (message: string) => createHmac("sha256", salted).update(message).digest();
  const storedKey = createHash("sha256").update(hmac("Client Key")).digest("base64");
  const serverKey = hmac("Server Key").toString("base64");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${storedKey}:${serverKey}`;
}
