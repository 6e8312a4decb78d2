import { createHash, createHmac, pbkdf2Sync } from "node:crypto";

/** PostgreSQL's default (`scram_iterations`), and what PGO uses. */
const iterations = 4096;

/**
 * The verifier that PostgreSQL stores for a password (RFC 5803).
 *
 * PGO makes one with a random salt when a Secret brings none, and keeps an old one when only the password
 * changes: with our own, equal password and salt always give an equal verifier, and a new password a new one.
 * @param salt base64 of 16 random bytes
 */
export function scramVerifier(password: string, salt: string): string {
  const salted = pbkdf2Sync(password, Buffer.from(salt, "base64"), iterations, 32, "sha256");
  const hmac = (text: string) => createHmac("sha256", salted).update(text).digest();
  const storedKey = createHash("sha256").update(hmac("Client Key")).digest("base64");
  const serverKey = hmac("Server Key").toString("base64");
  return `SCRAM-SHA-256$${iterations}:${salt}$${storedKey}:${serverKey}`;
}
