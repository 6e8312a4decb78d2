import type { IncomingMessage } from "node:http";
import type { EnvValue } from "./env.ts";
import { clientIp } from "./client-ip.ts";
import { parseFields, type Fields } from "./query.ts";

export interface Request {
  method: string;
  path: string;
  query: Fields;
  /** The query as it was sent. */
  search: string;
  /** The host name the visitor used, with a port that is not the scheme's own. */
  authority: string;
  url: string;
  headers: IncomingMessage["headers"];
  remoteAddress: string | null;
  id: string;
  body(): Promise<string>;
}

export interface Response {
  status: number;
  headers: Record<string, string>;
  body: string | Buffer;
}

const maximumBody = 1_000_000;

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    size += (chunk as Buffer).length;
    if (size > maximumBody) throw new Error("The request's body is too large.");
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}

export function parseRequest(
  message: IncomingMessage,
  trustedProxies: EnvValue,
  id: string,
): Request {
  const authority = (message.headers.host ?? "localhost").replace(/:80$/, "");
  const target = message.url ?? "/";
  const split = target.indexOf("?");
  const path = split < 0 ? target : target.slice(0, split);
  const search = split < 0 ? "" : target.slice(split + 1);
  return {
    method: message.method ?? "GET",
    path: decodePath(path),
    query: parseFields(search),
    search,
    authority,
    url: `http://${authority}${target}`,
    headers: message.headers,
    remoteAddress: clientIp(message.socket.remoteAddress, message.headers, trustedProxies),
    id,
    body: () => readBody(message),
  };
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

export function json(value: unknown, status = 200, type = "application/json"): Response {
  return { status, headers: { "Content-Type": type }, body: JSON.stringify(value) };
}

export const empty = (headers: Record<string, string> = {}): Response => ({
  status: 204,
  headers,
  body: "",
});
