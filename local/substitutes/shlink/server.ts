import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Config } from "./config.ts";
import type { Database } from "./database.ts";
import { empty, parseRequest, type Request, type Response } from "./http.ts";
import type { Logger } from "./logger.ts";
import { publicPages } from "./redirects.ts";
import { rest } from "./rest.ts";
import type { Services } from "./services.ts";

export interface ServerParts extends Omit<Services, "db"> {
  logger: Logger;
  openDatabase: () => Database;
}

/** The server answers as many requests at a time as there are workers; the others wait their turn. */
class Workers {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}

/** Without a name for the origin a browser keeps the answer from the page. */
function corsHeaders({ origins, credentials }: Config["cors"], origin: string) {
  const allowed = origins === "*" ? "*" : origins === "<origin>" || origins.includes(origin);
  return {
    ...(allowed === false
      ? {}
      : { "Access-Control-Allow-Origin": allowed === true ? origin : allowed }),
    ...(credentials ? { "Access-Control-Allow-Credentials": "true" } : {}),
  };
}

function withCors(config: Config, request: Request, response: Response): Response {
  const { origin } = request.headers;
  if (origin === undefined) return response;
  const headers = { ...response.headers, ...corsHeaders(config.cors, origin) };
  if (request.method !== "OPTIONS") return { ...response, headers };
  return empty({
    ...headers,
    "Access-Control-Allow-Methods": response.headers.Allow ?? "GET,POST,PUT,PATCH,DELETE",
    "Access-Control-Allow-Headers": request.headers["access-control-request-headers"] ?? "",
    "Access-Control-Max-Age": config.cors.maxAge,
  });
}

const internalError: Response = {
  status: 500,
  headers: { "Content-Type": "text/html; charset=utf-8" },
  body: "Internal Server Error",
};

/** RoadRunner has it from a folder and asks nobody. */
const favicon: Response = {
  status: 200,
  headers: { "Content-Type": "image/vnd.microsoft.icon" },
  body: Buffer.from(
    "AAABAAEAAQEAAAEAGAAwAAAAFgAAACgAAAABAAAAAgAAAAEAGAAAAAAACAAAAAAAAAAAAAAAAAAAAAAAAAD///8AAAAAAA==",
    "base64",
  ),
};

async function respond(parts: ServerParts, request: Request): Promise<Response> {
  const { config, locks, cache, logger } = parts;
  const db = parts.openDatabase();
  const services = { config, locks, cache, db };
  const onError = (error: Error) => logger.log("Shlink", "ERROR", error.message, request.id);
  const onWarning = (message: string) => logger.log("Shlink", "WARNING", message, request.id);
  try {
    const inside = request.path.startsWith(`${config.basePath}/rest/`);
    if (!inside) return await publicPages(services, request, onWarning);
    const path = request.path.slice(config.basePath.length);
    return await rest(services, { ...request, path }, onError);
  } catch (error) {
    onError(error as Error);
    return internalError;
  } finally {
    await db.close();
  }
}

function send(request: Request, response: Response, out: ServerResponse, last: boolean): void {
  const body = request.method === "HEAD" ? "" : response.body;
  const length =
    response.status === 204 ? {} : { "Content-Length": Buffer.byteLength(response.body) };
  const headers = { ...response.headers, ...length, "X-Request-Id": request.id };
  out.writeHead(response.status, last ? { ...headers, Connection: "close" } : headers);
  out.end(body);
}

export function createShlinkServer(parts: ServerParts): Server {
  const { config, logger } = parts;
  const workers = new Workers(config.webWorkers);
  const handle = async (message: IncomingMessage, out: ServerResponse) => {
    const given = message.headers["x-request-id"];
    const id = typeof given === "string" ? given : randomUUID();
    const request = parseRequest(message, config.trustedProxies, id);
    const isFile = request.path === "/favicon.ico";
    const answered = isFile ? favicon : await workers.run(() => respond(parts, request));
    const response = withCors(config, request, answered);
    // A server that is told to stop keeps no connection open for another request.
    send(request, response, out, !server.listening);
    if (isFile || request.path.endsWith("/health")) return;
    const length = Buffer.byteLength(response.body) || "";
    const uri = message.url ?? "/";
    logger.log("Access", "INFO", `${request.method} ${uri} ${response.status} ${length}`, id);
  };
  const server = createServer((message, out) => {
    handle(message, out).catch((error: unknown) => {
      logger.log("Shlink", "ERROR", (error as Error).message);
      out.destroy();
    });
  });
  return server;
}

/** RoadRunner's jobs hold its end up for as long, whether there are any or not. */
const stopMilliseconds = 30_000;

/** Stops as RoadRunner does: no new connections from now on, and the end half a minute later. */
export async function stopServer(
  server: Server,
  wait: (milliseconds: number) => Promise<unknown>,
): Promise<void> {
  server.close();
  server.closeIdleConnections();
  await wait(stopMilliseconds);
}
