import { once } from "node:events";
import { readFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import { text } from "node:stream/consumers";
import type { VaultConfig } from "./config.ts";

export interface Reply {
  status: number;
  body: string;
}

/** The server could not be reached at all. */
export class Unreachable extends Error {
  readonly retriable: boolean;

  constructor(message: string, retriable: boolean) {
    super(message);
    this.retriable = retriable;
  }
}

interface Call {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body?: string;
  signal: AbortSignal;
}

/** Sends one request over a connection that is kept for the next. */
export type Transport = (call: Call) => Promise<Reply>;

export function transport(config: VaultConfig): Transport {
  const secure = config.address.startsWith("https:");
  const agent = secure
    ? new https.Agent({ keepAlive: true, ...tls(config) })
    : new http.Agent({ keepAlive: true });
  const send = secure ? https.request : http.request;
  return async ({ method, url, headers, body, signal }) => {
    const request = send(url, { method, headers, agent, signal, timeout: 60_000 });
    request.on("timeout", () => request.destroy(new Error("context deadline exceeded")));
    request.end(body);
    try {
      const [response] = (await once(request, "response")) as [http.IncomingMessage];
      return { status: response.statusCode ?? 0, body: await text(response) };
    } catch (error) {
      signal.throwIfAborted();
      throw unreachable(method, url, error as NodeJS.ErrnoException);
    }
  };
}

function tls({ caCertFile, tlsServerName, skipTlsVerify }: VaultConfig): https.AgentOptions {
  return {
    ca: caCertFile === undefined ? undefined : certificates(caCertFile),
    servername: tlsServerName,
    rejectUnauthorized: !skipTlsVerify,
  };
}

function certificates(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    const cause = `Error loading CA File: open ${file}: no such file or directory`;
    throw new Error(`failed to configure TLS for Vault API: ${cause}`);
  }
}

/** Words and order as Go's HTTP client has them: `Get "URL": dial tcp ADDRESS: ...`. */
function unreachable(method: string, url: URL, error: NodeJS.ErrnoException): Unreachable {
  const verb = method.charAt(0) + method.slice(1).toLowerCase();
  const code = error.code ?? "";
  const known: Record<string, string> = {
    ECONNREFUSED: `dial tcp ${url.host}: connect: connection refused`,
    ENOTFOUND: `dial tcp: lookup ${url.hostname}: no such host`,
    ECONNRESET: "EOF",
  };
  const isTls = /CERT|TLS|SSL|SELF_SIGNED|VERIFY/.test(code);
  const reason = isTls ? `tls: failed to verify certificate: ${error.message}` : error.message;
  return new Unreachable(`${verb} "${url.href}": ${known[code] ?? reason}`, !isTls);
}
