import * as http from "node:http";
import * as https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { CoreV1Api } from "@kubernetes/client-node";
import { apiKey } from "../../components/shlink/names.ts";
import { LocalError } from "../lib/failure.ts";
import { loadKubeconfig, reasonOf } from "../lib/kube.ts";

/** The shortener as a visitor reaches it: the node's address, the gateway's port, a host name. */
export interface Entry {
  address: string;
  port: number;
  host: string;
  /** The authority of the gateway's certificate as PEM; without it the gateway speaks plain HTTP. */
  ca?: string;
}

export interface Answer {
  status: number;
  location?: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}

export interface Call {
  method?: string;
  path: string;
  host?: string;
  key?: string;
  body?: unknown;
  /** Further headers. */
  headers?: Record<string, string>;
}

/** Sends one request through the gateway. */
export function call(
  entry: Entry,
  { method = "GET", path, host, key, body, headers: further }: Call,
): Promise<Answer> {
  const headers = {
    ...further,
    host: host ?? entry.host,
    ...(key === undefined ? {} : { "x-api-key": key }),
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  };
  const { address, port, ca } = entry;
  const target = { host: address, port, method, path, headers, timeout: 15_000 };
  return new Promise((resolve, reject) => {
    const receive = (response: http.IncomingMessage) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => {
        const { statusCode: status = 0, headers: answered } = response;
        resolve({ status, location: answered.location, headers: answered, body: text });
      });
    };
    const sent =
      ca === undefined
        ? http.request(target, receive)
        : https.request({ ...target, ca, servername: entry.host }, receive);
    sent.on("timeout", () => sent.destroy(new Error("no answer in 15 s")));
    sent.on("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Reads the first API key from the Secret that External Secrets made. */
export async function readApiKey(kubeconfig: string): Promise<string> {
  const core = loadKubeconfig(kubeconfig).makeApiClient(CoreV1Api);
  const where = { name: apiKey.secret, namespace: "shlink" };
  const secret = await core.readNamespacedSecret(where).catch((error: unknown) => {
    const reason = reasonOf(error);
    throw new LocalError(`The shortener's API key cannot be read: ${reason}; run make up first.`);
  });
  return Buffer.from(secret.data?.[apiKey.key] ?? "", "base64").toString();
}

export interface Link {
  shortCode: string;
  shortUrl: string;
}

export async function createLink(entry: Entry, key: string, longUrl: string): Promise<Link> {
  const answer = await call(entry, {
    method: "POST",
    path: "/rest/v3/short-urls",
    key,
    body: { longUrl },
  });
  if (answer.status === 200 || answer.status === 201) return JSON.parse(answer.body) as Link;
  throw new LocalError(`Creating a link answered ${answer.status}: ${answer.body.slice(0, 300)}`);
}

export async function visitsOf(entry: Entry, key: string, { shortCode }: Link): Promise<number> {
  const answer = await call(entry, { path: `/rest/v3/short-urls/${shortCode}/visits`, key });
  const { visits } = JSON.parse(answer.body) as { visits?: { pagination: { totalItems: number } } };
  return visits?.pagination.totalItems ?? 0;
}

/** Creates a link, follows it, and sees the visit counted. */
export async function smoke(entry: Entry, key: string): Promise<Link> {
  const longUrl = `https://example.com/${Date.now()}`;
  const link = await createLink(entry, key, longUrl);
  const redirect = await call(entry, { path: `/${link.shortCode}` });
  if (redirect.status !== 302 || redirect.location !== longUrl)
    throw new LocalError(
      `Following ${link.shortUrl} answered ${redirect.status} to ${redirect.location ?? "nowhere"}.`,
    );
  for (let attempt = 0; attempt < 40; attempt++, await sleep(250))
    if ((await visitsOf(entry, key, link)) === 1) return link;
  throw new LocalError(`The visit of ${link.shortUrl} was not counted within 10 s.`);
}
