import {
  ApiException,
  Health,
  HttpMethod,
  KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
  type KubernetesObject,
} from "@kubernetes/client-node";
import { LocalError, messageOf } from "./failure.ts";

/** The fields of any Kubernetes object that the local cluster's own parts need to know. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; [key: string]: unknown };
  [key: string]: unknown;
}

interface Conditioned extends KubernetesObject {
  status?: { conditions?: { type: string; status: string }[] };
}

const patience = () => AbortSignal.timeout(5000);

export function loadKubeconfig(file: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(file);
  return config;
}

class ObjectApi extends KubernetesObjectApi {
  /**
   * Applies an object as it is, server-side. The library's own patch would first map it to its model, which
   * drops every field that has another name there, such as those that begin with `x-kubernetes-`.
   */
  async apply(object: KubeObject): Promise<void> {
    const path = await this.specUriPath(object, "patch");
    const request = this.configuration.baseServer.makeRequestContext(path, HttpMethod.PATCH);
    request.setQueryParam("fieldManager", "shlink-local");
    request.setQueryParam("force", "true");
    request.setHeaderParam("Content-Type", PatchStrategy.ServerSideApply);
    request.setBody(JSON.stringify(object));
    request.setSignal(patience());
    await this.requestPromise(request);
  }
}

/** The API server of a kubeconfig's current context. */
export class Api {
  readonly #objects: ObjectApi;
  readonly #health: Health;

  constructor(kubeconfig: string) {
    const config = loadKubeconfig(kubeconfig);
    this.#objects = config.makeApiClient(ObjectApi);
    this.#health = new Health(config);
  }

  async apply(object: KubeObject): Promise<void> {
    await this.#objects.apply(object).catch((error: unknown) => {
      const { kind, metadata } = object;
      throw new LocalError(`The API server refused ${kind} ${metadata.name}: ${reasonOf(error)}`);
    });
  }

  /** Says whether the object is there and its condition of that type is "True". */
  async hasCondition(object: KubeObject, type: string): Promise<boolean> {
    const found: Conditioned | undefined = await this.#objects.read(object).catch(() => undefined);
    const conditions = found?.status?.conditions ?? [];
    return conditions.some((condition) => condition.type === type && condition.status === "True");
  }

  /** Says whether the API server answers anything, ready or not. */
  isAnswering(): Promise<boolean> {
    return this.#health.livez({ signal: patience() }).then(
      () => true,
      () => false,
    );
  }

  isServing(): Promise<boolean> {
    return this.#health.readyz({ signal: patience() }).catch(() => false);
  }
}

/** Reads the server's own sentence out of its answer. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof ApiException) || typeof error.body !== "string") return messageOf(error);
  try {
    return (JSON.parse(error.body) as { message?: string }).message ?? error.body;
  } catch {
    return error.body;
  }
}
