import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { describe, it } from "mocha";
import { scramVerifier } from "../../components/database/scram.ts";
import { Scram } from "../../incluster/scram.ts";

const salt = Buffer.from("0123456789abcdef").toString("base64");
const hmac = (key: Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/** A server that knows the verifier of a password, as PostgreSQL does. */
class Server {
  readonly #iterations: string;
  readonly #keys: Buffer[];
  readonly #bare: string;
  readonly first: string;

  constructor(password: string, clientFirst: string) {
    const [, iterations = "", , stored = "", server = ""] =
      /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):(.+)$/.exec(scramVerifier(password, salt)) ?? [];
    this.#iterations = iterations;
    this.#keys = [stored, server].map((text) => Buffer.from(text, "base64"));
    this.#bare = clientFirst.replace(/^n,,/, "");
    const nonce = /r=(.*)$/.exec(this.#bare)?.[1];
    this.first = `r=${nonce}server,s=${salt},i=${this.#iterations}`;
  }

  /** Its proof that it knows the password, and whether the client knows it. */
  final(clientFinal: string) {
    const [stored = Buffer.alloc(0), server = Buffer.alloc(0)] = this.#keys;
    const [withoutProof = "", proof = ""] = clientFinal.split(",p=");
    const message = `${this.#bare},${this.first},${withoutProof}`;
    const signature = hmac(stored, message);
    const key = Buffer.from(proof, "base64").map((byte, at) => byte ^ (signature[at] ?? 0));
    const knows = createHash("sha256").update(key).digest().equals(stored);
    return { knows, answer: `v=${hmac(server, message).toString("base64")}` };
  }
}

function login(clientPassword: string, serverPassword: string) {
  const scram = new Scram(clientPassword);
  const server = new Server(serverPassword, scram.first());
  return { scram, ...server.final(scram.final(server.first)) };
}

describe("A login by SCRAM", () => {
  it("proves to a server that has the verifier that the password is known, and the other way round", () => {
    const { scram, knows, answer } = login("s3cr:et, ü", "s3cr:et, ü");
    assert.ok(knows);
    scram.verify(answer);
  });

  it("is none with another password, and for a server that has another verifier", () => {
    const { scram, knows, answer } = login("one", "other");
    assert.ok(!knows);
    for (const wrong of [answer, "v=", ""])
      assert.throws(() => scram.verify(wrong), /does not know the password itself/);
  });

  it("is not gone on with where the server answers to another question", () => {
    for (const nonce of ["mine", "other-server", ""])
      assert.throws(
        () => new Scram("x", "mine").final(`r=${nonce},s=${salt},i=4096`),
        /is not SCRAM's/,
      );
  });
});
