import { readFileSync } from "node:fs";
import { request } from "node:https";

const account = "/var/run/secrets/kubernetes.io/serviceaccount";

export interface Answer<T = unknown> {
  status: number;
  body: T;
}

/** The namespace of the pod that runs this. */
export function ownNamespace(): string {
  return readFileSync(`${account}/namespace`, "utf8");
}

/** Calls the Kubernetes API with the pod's own service account; the token is read anew, for it rotates. */
export function kube<T = unknown>(
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer<T>> {
  const patch = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: process.env["KUBERNETES_SERVICE_HOST"],
        port: process.env["KUBERNETES_SERVICE_PORT"],
        ca: readFileSync(`${account}/ca.crt`),
        method,
        path,
        timeout: 10_000,
        headers: {
          authorization: `Bearer ${readFileSync(`${account}/token`, "utf8")}`,
          accept: "application/json",
          ...(body === undefined ? {} : { "content-type": patch }),
        },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, body: (text ? JSON.parse(text) : {}) as T }),
        );
      },
    );
    call.on("timeout", () => call.destroy(new Error("the Kubernetes API did not answer in 10 s")));
    call.on("error", reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
