import { Agent, request } from "node:https";
import { ClusterError } from "./failure.ts";
import type { Credentials } from "./kubeconfig.ts";
import { apiServer } from "./layout.ts";

/** What the cluster's own parts need to know of any Kubernetes object. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; [key: string]: unknown };
  [key: string]: unknown;
}

export interface ApiAnswer {
  status: number;
  body: string;
}

export interface Api {
  get(path: string): Promise<ApiAnswer>;
  apply(object: KubeObject): Promise<void>;
  close(): void;
}

const plurals: Record<string, string> = { StorageClass: "storageclasses" };

/** The address of one object, as the API server lays them out. */
export function objectPath(object: KubeObject): string {
  const { apiVersion, kind, metadata } = object;
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const folder = metadata.namespace ? `/namespaces/${metadata.namespace}` : "";
  const plural = plurals[kind] ?? `${kind.toLowerCase()}s`;
  return `${root}${folder}/${plural}/${metadata.name}`;
}

export function connect(credentials: Credentials): Api {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 4,
    ca: credentials.authority,
    cert: credentials.certificate,
    key: credentials.key,
  });
  return {
    get: (path) => send(agent, "GET", path),
    close: () => agent.destroy(),
    async apply(object) {
      const path = `${objectPath(object)}?fieldManager=shlink-local&force=true`;
      const answer = await send(agent, "PATCH", path, JSON.stringify(object));
      if (answer.status < 300) return;
      const { kind, metadata } = object;
      throw new ClusterError(
        `The API server refused ${kind} ${metadata.name}: ${answer.body.trim()}`,
      );
    },
  };
}

function send(agent: Agent, method: string, path: string, body?: string): Promise<ApiAnswer> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "content-type": "application/apply-patch+yaml" };
    const options = { agent, method, headers, timeout: 5000 };
    const sent = request(`${apiServer}${path}`, options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
      response.on("error", reject);
    });
    sent.on("timeout", () => sent.destroy(new Error("no answer within 5 s")));
    sent.on("error", reject);
    sent.end(body);
  });
}

interface Condition {
  type: string;
  status: string;
}

/** True when the object is there and its condition of that type is "True". */
export async function hasCondition(api: Api, path: string, type: string): Promise<boolean> {
  const answer = await api.get(path).catch(() => undefined);
  if (answer?.status !== 200) return false;
  const object = JSON.parse(answer.body) as { status?: { conditions?: Condition[] } };
  const conditions = object.status?.conditions ?? [];
  return conditions.some((condition) => condition.type === type && condition.status === "True");
}

/** True as soon as the API server answers anything, ready or not. */
export async function isAnswering(api: Api): Promise<boolean> {
  return api.get("/livez").then(
    () => true,
    () => false,
  );
}

export async function isServing(api: Api): Promise<boolean> {
  const answer = await api.get("/readyz").catch(() => undefined);
  return answer?.status === 200;
}
