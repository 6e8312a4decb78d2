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

/** How many times its seconds an answer may take that has begun: a server that sends a word now and then is never idle. */
const patience = 5;

/** How a request is made: by HTTP or HTTPS, with what its connection needs. */
interface Way {
  request: typeof http.request;
  options: https.RequestOptions;
  /** Until an answer begins, and between two words of it. */
  seconds: number;
}

/** Sends a request, and waits for the whole answer. */
export function exchange(
  url: string,
  { request, options, seconds }: Way,
  content: string | undefined,
): Promise<{ status: number; text: string; date: string | undefined }> {
  return new Promise((resolve, reject) => {
    // As an option it counts from the beginning, so that it ends a connection that does not come about, too.
    const call = request(url, { ...options, timeout: seconds * 1000 }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("error", reject);
      const { statusCode: status = 0, headers } = response;
      response.on("end", () => resolve({ status, text, date: headers.date }));
    });
    const late = setTimeout(
      () => {
        reject(new Error(`no whole answer in ${seconds * patience} s`));
        call.destroy();
      },
      seconds * patience * 1000,
    );
    call.on("timeout", () => call.destroy(new Error(`no answer in ${seconds} s`)));
    call.on("error", reject);
    call.on("close", () => clearTimeout(late));
    call.end(content);
  });
}

/** Asks a server whose certificate is valid for another name than the tunnel's address. */
export async function send(
  url: string,
  { method, headers, body }: HttpRequest,
  { ca, servername }: { ca?: string; servername: string },
): Promise<HttpAnswer> {
  const request = url.startsWith("https:") ? https.request : http.request;
  const options = { method, headers, ca, servername, agent: false };
  const content = body === undefined ? undefined : JSON.stringify(body);
  try {
    const { status, text } = await exchange(url, { request, options, seconds: 10 }, content);
    return { status, body: parse(text) };
  } catch (error) {
    return { status: 0, body: {}, failure: reasonOf(error) };
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
