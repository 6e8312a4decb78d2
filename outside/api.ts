import * as http from "node:http";
import * as https from "node:https";
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";

interface ApiAnswer<T> {
  status: number;
  /** What the server sent; with another status than 200 or 201 it says why. */
  body: T & { message?: string };
}

/** Asks the API server for a path; with a body it creates. Rejects when no answer comes. */
export type Ask = <T>(path: string, request?: Request) => Promise<ApiAnswer<T>>;

interface Request {
  method?: "GET" | "POST" | "PATCH";
  body?: unknown;
  accept?: string;
}

/** This call asks for metadata alone: the definitions of Istio and PGO are megabytes. */
export const metadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

const contentTypes = {
  GET: undefined,
  POST: "application/json",
  PATCH: "application/merge-patch+json",
};

/** Opens the way to the kubeconfig's current cluster, for many questions at once. */
export async function openApi(config: KubeConfig): Promise<Ask> {
  const server = config.getCurrentCluster()?.server ?? "";
  const access: https.RequestOptions = {};
  await config.applyToHTTPSOptions(access);
  const { request: send } = server.startsWith("https:") ? https : http;
  if (send === http.request) delete access.agent;
  return (path, { method = "GET", body, accept = "application/json" } = {}) =>
    new Promise((resolve, reject) => {
      const type = contentTypes[method];
      const headers = { ...access.headers, accept, ...(type && { "content-type": type }) };
      const options = { ...access, method, headers, timeout: 10_000 };
      const call = send(`${server}${path}`, options, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, body: parse(text) as never }),
        );
      });
      call.on("timeout", () => call.destroy(new Error("no answer in 10 s")));
      call.on("error", reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text.split("\n")[0] };
  }
}
