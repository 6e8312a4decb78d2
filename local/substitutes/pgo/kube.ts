import type { KubeConfig } from "@kubernetes/client-node";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import type { RequestOptions } from "node:https";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fieldManager } from "./names.ts";
import type { KubeObject, Metadata } from "./types.ts";

const kinds: Record<string, [string, string]> = {
  ConfigMap: ["/api/v1", "configmaps"],
  Endpoints: ["/api/v1", "endpoints"],
  Event: ["/api/v1", "events"],
  PersistentVolumeClaim: ["/api/v1", "persistentvolumeclaims"],
  Pod: ["/api/v1", "pods"],
  Secret: ["/api/v1", "secrets"],
  Service: ["/api/v1", "services"],
  ServiceAccount: ["/api/v1", "serviceaccounts"],
  StatefulSet: ["/apis/apps/v1", "statefulsets"],
  Deployment: ["/apis/apps/v1", "deployments"],
  CronJob: ["/apis/batch/v1", "cronjobs"],
  Job: ["/apis/batch/v1", "jobs"],
  Role: ["/apis/rbac.authorization.k8s.io/v1", "roles"],
  RoleBinding: ["/apis/rbac.authorization.k8s.io/v1", "rolebindings"],
  PodDisruptionBudget: ["/apis/policy/v1", "poddisruptionbudgets"],
  PostgresCluster: ["/apis/postgres-operator.crunchydata.com/v1beta1", "postgresclusters"],
};

export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

function ignoreNotFound(error: unknown): null {
  if (error instanceof ApiError && error.status === 404) return null;
  throw error;
}

interface Call {
  body?: unknown;
  contentType?: string;
  query?: Record<string, string>;
}

export interface WatchEvent {
  type: string;
  object: KubeObject;
}

/** The Kubernetes calls that the controller needs, on plain JSON. */
export class Kube {
  readonly #config: KubeConfig;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 32 });

  constructor(config: KubeConfig) {
    this.#config = config;
  }

  async #send(method: string, path: string, call: Call) {
    const cluster = this.#config.getCurrentCluster();
    if (cluster === null) throw new Error("The kubeconfig names no cluster.");
    const url = new URL(cluster.server + path);
    for (const [key, value] of Object.entries(call.query ?? {})) url.searchParams.set(key, value);
    const options: RequestOptions = { method, headers: { accept: "application/json" } };
    await this.#config.applyToHTTPSOptions(options);
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    const headers = {
      ...(options.headers as Record<string, string>),
      ...(body === undefined
        ? {}
        : {
            "content-type": call.contentType ?? "application/json",
            "content-length": Buffer.byteLength(body),
          }),
    };
    // client-node makes an agent per call; ours keeps connections open.
    const sent = request(url, { ...options, headers, agent: this.#agent });
    const response = new Promise<IncomingMessage>((resolve, reject) => {
      sent.once("response", resolve).once("error", reject);
    });
    sent.end(body);
    return { sent, response: await response };
  }

  async #call<T>(method: string, path: string, call: Call = {}): Promise<T> {
    const { response } = await this.#send(method, path, call);
    const answer = await text(response);
    const status = response.statusCode ?? 0;
    if (status < 300) return JSON.parse(answer) as T;
    throw new ApiError(status, `${method} ${path}: ${status} ${messageOf(answer)}`);
  }

  get<T extends KubeObject>(kind: string, namespace: string, name: string): Promise<T | null> {
    return this.#call<T>("GET", pathOf(kind, namespace, name)).catch(ignoreNotFound);
  }

  async list<T extends KubeObject>(
    kind: string,
    namespace: string,
    labels: Record<string, string>,
  ): Promise<T[]> {
    const labelSelector = Object.entries(labels)
      .map(([key, value]) => (value === "" ? key : `${key}=${value}`))
      .join(",");
    const query: Record<string, string> = labelSelector === "" ? {} : { labelSelector };
    const path = pathOf(kind, namespace);
    const found = await this.#call<{ items: T[]; apiVersion: string }>("GET", path, {
      query,
    });
    return found.items.map((item) => ({ ...item, apiVersion: found.apiVersion, kind }));
  }

  apply<T extends KubeObject>(object: T): Promise<T> {
    const { namespace, name } = object.metadata;
    return this.#call<T>("PATCH", pathOf(object.kind, namespace, name), {
      body: object,
      contentType: "application/apply-patch+yaml",
      query: { fieldManager, force: "true" },
    });
  }

  merge<T extends KubeObject>(
    kind: string,
    { namespace, name }: Pick<Metadata, "namespace" | "name">,
    body: object,
    subresource = "",
  ): Promise<T> {
    return this.#call<T>("PATCH", pathOf(kind, namespace, name) + subresource, {
      body,
      contentType: "application/merge-patch+json",
      query: { fieldManager },
    });
  }

  async remove(object: KubeObject): Promise<void> {
    const { namespace, name, uid, resourceVersion } = object.metadata;
    await this.#call("DELETE", pathOf(object.kind, namespace, name), {
      // A Job's pods would stay otherwise.
      body: { preconditions: { uid, resourceVersion }, propagationPolicy: "Background" },
    }).catch(ignoreNotFound);
  }

  async removeAll(kind: string, namespace: string, labels: Record<string, string>): Promise<void> {
    for (const object of await this.list(kind, namespace, labels)) await this.remove(object);
  }

  create(object: KubeObject): Promise<KubeObject> {
    return this.#call("POST", pathOf(object.kind, object.metadata.namespace), { body: object });
  }

  /** Follows a kind from now on until the API server ends the stream. */
  async watch(
    kind: string,
    namespace: string,
    onOpen: () => void,
    onEvent: (event: WatchEvent) => void,
  ): Promise<void> {
    const path = pathOf(kind, namespace);
    const head = await this.#call<{ metadata: { resourceVersion: string } }>("GET", path, {
      query: { limit: "1" },
    });
    const { resourceVersion } = head.metadata;
    const seconds = 300;
    const query = { watch: "1", resourceVersion, timeoutSeconds: String(seconds) };
    const { sent, response } = await this.#send("GET", path, { query });
    sent.setTimeout((seconds + 30) * 1000, () => sent.destroy());
    if (response.statusCode !== 200) {
      throw new ApiError(response.statusCode ?? 0, `watch ${path}: ${await text(response)}`);
    }
    onOpen();
    for await (const line of createInterface(response)) {
      if (line !== "") onEvent(JSON.parse(line) as WatchEvent);
    }
  }
}

export type KubeApi = Pick<Kube, keyof Kube>;

function pathOf(kind: string, namespace: string, name?: string): string {
  const [group, plural] = kinds[kind] ?? ["", ""];
  const scope = namespace === "" ? "" : `/namespaces/${namespace}`;
  return `${group}${scope}/${plural}${name === undefined ? "" : `/${name}`}`;
}

function messageOf(answer: string): string {
  try {
    return (JSON.parse(answer) as { message?: string }).message ?? answer;
  } catch {
    return answer;
  }
}
