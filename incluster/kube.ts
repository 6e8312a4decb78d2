import { readFileSync } from "node:fs";
import { type Answer, readJson, send } from "./http.ts";

const account = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The namespace of the pod that runs this. */
export function ownNamespace(): string {
  return readFileSync(`${account}/namespace`, "utf8");
}

/** Calls the Kubernetes API with the pod's own service account; the token is read anew, for it rotates. */
export async function kube<T = unknown>(
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer<T>> {
  const answer = await send(`https://${apiServer()}${path}`, {
    method,
    body,
    server: "the Kubernetes API",
    ca: `${account}/ca.crt`,
    patience: 10_000,
    headers: {
      authorization: `Bearer ${readFileSync(`${account}/token`, "utf8")}`,
      accept: "application/json",
      ...(method === "PATCH" ? { "content-type": "application/merge-patch+json" } : {}),
    },
  });
  return readJson<T>(answer);
}

/** What the kubelet tells every pod; an address of IPv6 comes without its brackets. */
function apiServer(): string {
  const { KUBERNETES_SERVICE_HOST: host = "", KUBERNETES_SERVICE_PORT: port } = process.env;
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
