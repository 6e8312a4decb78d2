import { readFileSync } from "node:fs";
import { setDefaultCACertificates } from "node:tls";

export interface Request {
  method: string;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** Who is called, for messages. */
  server: string;
  /** File with the authority of the server's certificate, which may be renewed while the program runs. */
  ca?: string;
  /** Milliseconds for which the server may be silent, before its answer or within it. */
  patience: number;
}

export interface Answer<T = unknown> {
  status: number;
  body: T;
}

/** An answer whose body has not come yet. */
type Arriving = Answer<AsyncIterable<Uint8Array>>;

/** Reads an answer's JSON; an empty object where it has none. */
export async function readJson<T>({ status, body }: Arriving): Promise<Answer<T>> {
  const text = Buffer.concat(await Array.fromAsync(body)).toString("utf8");
  return { status, body: parse<T>(status, text) };
}

/** An error may come as a page of some proxy; a success may not. */
function parse<T>(status: number, text: string): T {
  try {
    return JSON.parse(text || "{}") as T;
  } catch (error) {
    if (status < 300) throw error;
    return {} as T;
  }
}

/** Sends a request; the body of the answer is read as it comes, for it may be too big to be held. */
export async function send(
  url: string,
  { method, headers = {}, body, server, ca, patience }: Request,
): Promise<Arriving> {
  if (ca !== undefined) trust(ca);
  const aborter = new AbortController();
  const silence = new Error(`${server} did not answer in ${patience / 1000} s`);
  const timer = setTimeout(() => aborter.abort(silence), patience);
  const content =
    body === undefined
      ? { headers }
      : { body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } };
  try {
    const options = { method, ...content, redirect: "manual", signal: aborter.signal } as const;
    const response = await fetch(url, options);
    return { status: response.status, body: chunks(response, timer, server) };
  } catch (error) {
    clearTimeout(timer);
    throw reasonOf(error, server);
  }
}

async function* chunks(
  { body }: Response,
  timer: NodeJS.Timeout,
  server: string,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body ?? []) {
      timer.refresh();
      yield chunk;
    }
  } catch (error) {
    throw reasonOf(error, server);
  } finally {
    clearTimeout(timer);
  }
}

/** `fetch` fails with the same words whatever happened; the reason is in its cause, or in the first of several. */
function reasonOf(error: unknown, server: string): unknown {
  if (!(error instanceof TypeError && error.cause instanceof Error)) return error;
  const cause: unknown =
    error.cause instanceof AggregateError ? error.cause.errors[0] : error.cause;
  const { code } = cause as NodeJS.ErrnoException;
  if (code === "ECONNRESET" || code === "UND_ERR_SOCKET")
    return new Error(`the connection to ${server} was cut`, { cause });
  return cause;
}

const authorities = new Map<string, string>();

/** Makes the process trust the authorities in the files of all calls, and no others. */
function trust(file: string): void {
  const pem = readFileSync(file, "utf8");
  if (authorities.get(file) === pem) return;
  authorities.set(file, pem);
  setDefaultCACertificates([...authorities.values()]);
}
