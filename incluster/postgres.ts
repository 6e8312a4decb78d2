import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect as openSocket, type Socket } from "node:net";
import { connect as openTls } from "node:tls";
import { Scram } from "./scram.ts";

export interface Login {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
  /** The authority of the server's certificate, in PEM; absent: nothing is encrypted. */
  authority?: string;
}

/** What a server says that starts up, ends, or has no connection left. */
const passing = ["57P01", "57P02", "57P03", "53300"];

/** Something that the server said. Unlike a connection that failed it does not get better by itself, but for what is passing. */
export class ServerError extends Error {
  readonly passes: boolean;

  constructor(message: string, code = "") {
    super(message);
    this.passes = passing.includes(code);
  }
}

/** Milliseconds for which a server may be silent. */
const patience = 10_000;
const protocolVersion = 196_608;
const tlsRequest = 80_877_103;

const int32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const text = (value: string) => Buffer.from(`${value}\0`);
const sized = (...parts: Buffer[]) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([int32(body.length + 4), body]);
};

interface Message {
  type: string;
  body: Buffer;
}

/** A session with a PostgreSQL server, in its protocol 3.0. */
export class Postgres {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** @throws ServerError when the server refuses, and Error when it is not reached or is not the one that was meant. */
  static async open(login: Login): Promise<Postgres> {
    const session = new Postgres(await connect(login));
    try {
      await session.#begin(login);
      return session;
    } catch (error) {
      session.close();
      throw error;
    }
  }

  async #begin(login: Login): Promise<void> {
    const { user, database } = login;
    const parameters = ["user", user, "database", database, "application_name", "shlink-platform"];
    const start = [int32(protocolVersion), ...parameters.map(text), Buffer.alloc(1)];
    this.#socket.write(sized(...start));
    await this.#authenticate(login);
    await this.#untilReady();
  }

  /** The rows of a query, as texts; nothing of it is logged here. */
  async query(sql: string): Promise<string[][]> {
    this.#socket.write(Buffer.concat([Buffer.from("Q"), sized(text(sql))]));
    return this.#untilReady();
  }

  close(): void {
    this.#socket.destroy();
  }

  async #authenticate(login: Login): Promise<void> {
    const scram = new Scram(login.password);
    const answer = (...parts: Buffer[]) =>
      this.#socket.write(Buffer.concat([Buffer.from("p"), sized(...parts)]));
    for (;;) {
      const { body } = await this.#receive("R");
      const rest = body.subarray(4);
      switch (body.readInt32BE()) {
        case 0:
          return;
        case 3:
          if (login.authority === undefined)
            throw new ServerError("the server asks for the password in clear, without encryption");
          answer(text(login.password));
          break;
        case 5:
          answer(text(md5Of(login, rest.subarray(0, 4))));
          break;
        case 10:
          answer(text("SCRAM-SHA-256"), sizedText(scram.first()));
          break;
        case 11:
          answer(Buffer.from(scram.final(rest.toString())));
          break;
        case 12:
          scram.verify(rest.toString());
          break;
        default:
          throw new ServerError("the server asks for a login that is neither SCRAM nor a password");
      }
    }
  }

  async #untilReady(): Promise<string[][]> {
    const rows: string[][] = [];
    let failure: ServerError | undefined;
    for (;;) {
      const { type, body } = await this.#next();
      if (type === "D") rows.push(valuesOf(body));
      // After an error of a query the server is ready again; after one of the login it hangs up.
      if (type === "E") failure = errorOf(body);
      if (type === "E" && isFatal(body)) throw errorOf(body);
      if (type !== "Z") continue;
      if (failure !== undefined) throw failure;
      return rows;
    }
  }

  async #receive(wanted: string): Promise<Message> {
    for (;;) {
      const message = await this.#next();
      if (message.type === "E") throw errorOf(message.body);
      if (message.type === wanted) return message;
    }
  }

  async #next(): Promise<Message> {
    const head = await take(this.#socket, 5);
    const body = await take(this.#socket, head.readInt32BE(1) - 4);
    return { type: head.toString("latin1", 0, 1), body };
  }
}

async function connect({ host, port, authority }: Login): Promise<Socket> {
  const socket = openSocket({ host, port });
  socket.setTimeout(patience, () => socket.destroy(new Error(`no answer in ${patience / 1000} s`)));
  await once(socket, "connect");
  if (authority === undefined) return socket;
  try {
    return await secured(socket, host, authority);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** PostgreSQL speaks TLS once it was asked for it. */
async function secured(socket: Socket, host: string, authority: string): Promise<Socket> {
  socket.write(sized(int32(tlsRequest)));
  if ((await take(socket, 1)).toString() !== "S")
    throw new ServerError("the server does not offer TLS");
  const encrypted = openTls({ socket, ca: authority, servername: host, host });
  await once(encrypted, "secureConnect");
  return encrypted;
}

/** The next bytes, as many as asked for. */
async function take(socket: Socket, size: number): Promise<Buffer> {
  if (size === 0) return Buffer.alloc(0);
  for (;;) {
    const bytes = socket.read(size) as Buffer | null;
    if (bytes?.length === size) return bytes;
    if (bytes !== null || socket.readableEnded) throw new Error("the server hung up");
    // What did not come is not listened for any more: a session has many answers.
    const waiting = new AbortController();
    const { signal } = waiting;
    await Promise.race(["readable", "end"].map((event) => once(socket, event, { signal }))).finally(
      () => waiting.abort(),
    );
  }
}

const sizedText = (value: string) => Buffer.concat([int32(value.length), Buffer.from(value)]);

function md5Of({ user, password }: Login, salt: Buffer): string {
  const md5 = (...parts: (string | Buffer)[]) => {
    const hash = createHash("md5");
    for (const part of parts) hash.update(part);
    return hash.digest("hex");
  };
  return `md5${md5(md5(password, user), salt)}`;
}

function valuesOf(body: Buffer): string[] {
  const values: string[] = [];
  let at = 2;
  for (let left = body.readInt16BE(); left > 0; left--) {
    const size = body.readInt32BE(at);
    values.push(body.toString("utf8", at + 4, at + 4 + Math.max(size, 0)));
    at += 4 + Math.max(size, 0);
  }
  return values;
}

/** The fields of an error, each with its letter. */
const fieldsOf = (body: Buffer) =>
  new Map(
    body
      .toString()
      .split("\0")
      .map((field) => [field[0] ?? "", field.slice(1)]),
  );

const isFatal = (body: Buffer) => ["FATAL", "PANIC"].includes(fieldsOf(body).get("V") ?? "");

function errorOf(body: Buffer): ServerError {
  const fields = fieldsOf(body);
  const code = fields.get("C");
  return new ServerError(`${fields.get("M")} (${code})`, code);
}
