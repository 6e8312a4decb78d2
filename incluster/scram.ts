import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from "node:crypto";

const hmac = (key: Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/** One login by SCRAM-SHA-256 (RFC 5802), in which the server, too, proves that it knows the password. */
export class Scram {
  readonly #password: string;
  readonly #bare: string;
  readonly #nonce: string;
  #serverSignature = Buffer.alloc(0);

  constructor(password: string, nonce = randomBytes(18).toString("base64")) {
    this.#password = password.normalize("NFKC");
    this.#nonce = nonce;
    // PostgreSQL takes the user from the start of the session, and ignores this one.
    this.#bare = `n=,r=${nonce}`;
  }

  first(): string {
    return `n,,${this.#bare}`;
  }

  /** @throws Error when the server answers to another question. */
  final(serverFirst: string): string {
    const { r: nonce = "", s: salt = "", i: iterations = "" } = attributesOf(serverFirst);
    if (!nonce.startsWith(this.#nonce) || nonce === this.#nonce)
      throw new Error("the server's answer to the login is not SCRAM's");
    const salted = pbkdf2Sync(
      this.#password,
      Buffer.from(salt, "base64"),
      Number(iterations),
      32,
      "sha256",
    );
    const clientKey = hmac(salted, "Client Key");
    const storedKey = createHash("sha256").update(clientKey).digest();
    const withoutProof = `c=biws,r=${nonce}`;
    const message = `${this.#bare},${serverFirst},${withoutProof}`;
    const signature = hmac(storedKey, message);
    this.#serverSignature = hmac(hmac(salted, "Server Key"), message);
    const proof = clientKey.map((byte, index) => byte ^ (signature[index] ?? 0));
    return `${withoutProof},p=${Buffer.from(proof).toString("base64")}`;
  }

  /** @throws Error when the server does not know the password. */
  verify(serverFinal: string): void {
    const given = Buffer.from(attributesOf(serverFinal)["v"] ?? "", "base64");
    const own = this.#serverSignature;
    if (given.length !== own.length || own.length === 0 || !timingSafeEqual(given, own))
      throw new Error(
        "the server does not know the password itself: it is not the one that was meant",
      );
  }
}

const attributesOf = (text: string): Record<string, string | undefined> =>
  Object.fromEntries(text.split(",").map((part) => [part[0] ?? "", part.slice(2)]));
