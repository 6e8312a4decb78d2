import { ApiError, type KubeApi } from "../../../../local/substitutes/pgo/kube.ts";
import type { KubeObject } from "../../../../local/substitutes/pgo/types.ts";

type Json = Record<string, unknown>;

function merge(into: Json, patch: Json): Json {
  const result: Json = { ...into };
  for (const [key, value] of Object.entries(patch)) {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    if (value === null) delete result[key];
    else if (value !== undefined) {
      result[key] = isObject
        ? merge((result[key] as Json | undefined) ?? {}, value as Json)
        : value;
    }
  }
  return result;
}

/** As much of the API server as the controller notices: objects, uids, one controller per object. */
export class FakeKube {
  readonly objects = new Map<string, KubeObject>();
  readonly applied: string[] = [];
  #count = 0;

  #key(kind: string, namespace: string, name: string) {
    return `${kind} ${namespace}/${name}`;
  }

  put(object: KubeObject): KubeObject {
    const { namespace, name } = object.metadata;
    const stored = merge(object as unknown as Json, {
      metadata: {
        uid: object.metadata.uid ?? `uid-${++this.#count}`,
        resourceVersion: String(++this.#count),
        creationTimestamp: object.metadata.creationTimestamp ?? "2026-01-01T00:00:00Z",
      },
    }) as unknown as KubeObject;
    this.objects.set(this.#key(object.kind, namespace, name), stored);
    return stored;
  }

  find<T extends KubeObject>(kind: string, name: string): T {
    const found = this.objects.get(this.#key(kind, "postgres", name));
    if (found === undefined) throw new Error(`no ${kind} ${name}`);
    return found as T;
  }

  names(kind: string): string[] {
    return [...this.objects.values()]
      .filter((object) => object.kind === kind)
      .map(({ metadata }) => metadata.name)
      .toSorted();
  }

  get(kind: string, namespace: string, name: string) {
    return Promise.resolve(this.objects.get(this.#key(kind, namespace, name)) ?? null);
  }

  list(kind: string, namespace: string, labels: Record<string, string>) {
    const matches = ({ metadata }: KubeObject) =>
      Object.entries(labels).every(([key, value]) => {
        const own = metadata.labels?.[key];
        return value === "" ? own !== undefined : own === value;
      });
    return Promise.resolve(
      [...this.objects.values()].filter(
        (object) =>
          object.kind === kind && object.metadata.namespace === namespace && matches(object),
      ),
    );
  }

  apply(object: KubeObject) {
    const { namespace, name } = object.metadata;
    const existing = this.objects.get(this.#key(object.kind, namespace, name));
    const foreign = existing?.metadata.ownerReferences?.some(
      ({ controller, uid }) =>
        controller === true && uid !== object.metadata.ownerReferences?.[0]?.uid,
    );
    if (foreign === true) {
      return Promise.reject(
        new ApiError(422, "Only one reference can have Controller set to true"),
      );
    }
    this.applied.push(`${object.kind} ${name}`);
    const merged = merge((existing ?? {}) as unknown as Json, object as unknown as Json);
    if (object.kind === "Service") {
      const spec = merged.spec as Json;
      merged.spec = { clusterIP: "10.96.0.7", ...spec };
    }
    return Promise.resolve(this.put(merged as unknown as KubeObject));
  }

  merge(kind: string, { namespace, name }: { namespace: string; name: string }, body: object) {
    const existing = this.objects.get(this.#key(kind, namespace, name));
    if (existing === undefined) return Promise.reject(new ApiError(404, `no ${kind} ${name}`));
    const merged = merge(existing as unknown as Json, body as Json);
    return Promise.resolve(this.put(merged as unknown as KubeObject));
  }

  remove(object: KubeObject) {
    this.objects.delete(this.#key(object.kind, object.metadata.namespace, object.metadata.name));
    return Promise.resolve();
  }

  async removeAll(kind: string, namespace: string, labels: Record<string, string>) {
    for (const object of await this.list(kind, namespace, labels)) await this.remove(object);
  }

  create(object: KubeObject) {
    return Promise.resolve(this.put(object));
  }

  watch() {
    return Promise.resolve();
  }

  asApi(): KubeApi {
    return this as unknown as KubeApi;
  }
}
