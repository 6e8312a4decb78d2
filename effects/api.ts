import * as http from "node:http";
import * as https from "node:https";
import { isIP } from "node:net";
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { Refusal } from "../platform/refusal.ts";
import { exchange } from "./http.ts";
import { reasonOf } from "./reason.ts";

interface ApiAnswer<T> {
  status: number;
  /** What the server sent; with another status than 200 or 201 it says why. */
  body: T & { message?: string };
  /** The time by the server's clock. */
  date?: string | undefined;
}

/** Asks the API server for a path; with a body it creates. Rejects with a sentence when no answer comes. */
export type Ask = <T>(path: string, request?: Request) => Promise<ApiAnswer<T>>;

interface Request {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  body?: unknown;
  accept?: string;
  /** The host that a pod behind a proxy path is to be asked for; default: the API server's own. */
  host?: string;
}

/** This call asks for metadata alone: the definitions of Istio and PGO are megabytes. */
export const metadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
export const metadataOfOne = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

const contentTypes = {
  GET: undefined,
  POST: "application/json",
  PATCH: "application/merge-patch+json",
  DELETE: undefined,
};

/** What comes as text and not as JSON, a log for instance, is a `message` with this, and else its first line. */
export const plainText = "text/plain, */*";

/** Says in one sentence which API server is of no use, why, and what to do; the cause is what Node says of it. */
export function uselessServer(config: KubeConfig, cause: unknown): Refusal {
  const server = config.getCurrentCluster()?.server ?? "(none)";
  return new Refusal(
    `The Kubernetes API server at ${server} (context ${config.getCurrentContext()}) cannot be used: ${reasonOf(cause)}. Start the cluster or correct the kubeconfig.`,
    { cause },
  );
}

/**
 * Opens the way to the kubeconfig's current cluster, for many questions at once, each with `seconds` for its answer.
 * @throws Error with a sentence where the context's certificate or login cannot be had.
 */
export async function openApi(config: KubeConfig, seconds = 10): Promise<Ask> {
  const server = config.getCurrentCluster()?.server ?? "";
  const access: https.RequestOptions = {};
  await config.applyToHTTPSOptions(access).catch((error: unknown) => {
    throw uselessServer(config, error);
  });
  const { request } = server.startsWith("https:") ? https : http;
  if (request === http.request && !config.getCurrentCluster()?.proxyUrl) delete access.agent;
  else if (access.agent instanceof https.Agent) keepServerName(access.agent, server);
  return async (path, { method = "GET", body, accept = "application/json", host } = {}) => {
    const type = contentTypes[method];
    const headers = {
      ...access.headers,
      accept,
      ...(type && { "content-type": type }),
      ...(host !== undefined && { host }),
    };
    const options = { ...access, method, headers };
    const content = body === undefined ? undefined : JSON.stringify(body);
    try {
      const way = { request, options, seconds };
      const { status, text, date } = await exchange(`${server}${path}`, way, content);
      return { status, body: understood({ status, text, path, accept }) as never, date };
    } catch (error) {
      throw uselessServer(config, error);
    }
  };
}

/** What came as an answer, before it is understood. */
interface RawAnswer {
  status: number;
  text: string;
  path: string;
  accept: string;
}

/**
 * The object of an answer; where it is none, its first line is the message.
 * @throws Error where it is none of an API server's; what a pod answers behind a proxy path is its own affair.
 */
function understood({ status, text, path, accept }: RawAnswer): object {
  const body = parse(text, accept);
  if (body === undefined && status < 300 && !path.includes("/proxy")) throw new Error(noApi);
  return body ?? { message: firstLine(text) };
}

/** Whose certificate is checked must not depend on the host that a proxied pod is asked for, as it does in Node. */
function keepServerName({ options }: https.Agent, server: string): void {
  const { hostname } = new URL(server);
  // An address is checked as such, and never sent as a name.
  options.servername ??= isIP(hostname.replace(/^\[|\]$/g, "")) === 0 ? hostname : "";
}

const noApi = "its answer is no JSON, as of a proxy or a page to log in";

/** What an answer says that is no JSON; a page of HTML says nothing in its first line. */
const firstLine = (text: string) =>
  text.trimStart().startsWith("<") ? "a page of HTML" : text.split("\n")[0];

/** The object that a text has; undefined: it has none. */
function parse(text: string, accept: string): object | undefined {
  if (accept === plainText) return { message: text };
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
