import * as http from "node:http";
import * as https from "node:https";
import { reasonOf } from "./reason.ts";

export interface HttpAnswer {
  /** The HTTP status; 0 when no answer came. */
  status: number;
  body: Record<string, unknown>;
  /** The reason why no answer came. */
  failure?: string;
}

export interface HttpRequest {
  method: "GET" | "POST" | "DELETE";
  headers?: Record<string, string>;
  /** What is sent as JSON. */
  body?: unknown;
}

/** Asks a server whose certificate is valid for another name than the tunnel's address. */
export function send(
  url: string,
  { method, headers, body }: HttpRequest,
  { ca, servername }: { ca?: string; servername: string },
): Promise<HttpAnswer> {
  const request = url.startsWith("https:") ? https.request : http.request;
  const options = { method, headers, timeout: 10_000, ca, servername, agent: false };
  return new Promise((resolve) => {
    const fail = (failure: string) => resolve({ status: 0, body: {}, failure });
    const call = request(url, options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("error", (error) => fail(reasonOf(error)));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: parse(text) }));
    });
    call.on("timeout", () => call.destroy(new Error("no answer in 10 s")));
    call.on("error", (error) => fail(reasonOf(error)));
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
