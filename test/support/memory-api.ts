import type { Ask } from "../../effects/api.ts";

interface Stored {
  metadata: {
    name: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    resourceVersion?: string;
  };
  [field: string]: unknown;
}

/** Objects by their paths, which change as an API server changes them. */
export class MemoryApi {
  readonly objects = new Map<string, Stored>();
  /** Changes, each as `METHOD path`. */
  readonly changes: string[] = [];
  /** Called before each answer. */
  before: (method: string, path: string) => void = () => undefined;
  #version = 0;

  put(path: string, object: { metadata?: Partial<Stored["metadata"]>; [field: string]: unknown }) {
    const name = path.split("/").at(-1) ?? "";
    const resourceVersion = `${(this.#version += 1)}`;
    this.objects.set(path, { ...object, metadata: { name, ...object.metadata, resourceVersion } });
  }

  readonly ask: Ask = async <T>(url: string, request: Parameters<Ask>[1] = {}) => {
    const { method = "GET", body } = request;
    const [path = "", query = ""] = url.split("?");
    this.before(method, path);
    if (method !== "GET") this.changes.push(`${method} ${path}`);
    const answer = this.#answer(method, path, new URLSearchParams(query), body as Stored);
    return Promise.resolve({
      status: answer.status,
      body: answer.body as T & { message?: string },
    });
  };

  #answer(method: string, path: string, query: URLSearchParams, body: Stored) {
    const found = this.objects.get(path);
    if (method === "POST") return this.#create(`${path}/${body.metadata.name}`, body);
    if (method === "GET" && found === undefined && /\/[a-z]+s$/.test(path))
      return { status: 200, body: { items: this.#list(path, query.get("labelSelector")) } };
    if (found === undefined) return { status: 404, body: { message: `${path} not found` } };
    if (method === "DELETE") this.objects.delete(path);
    if (method !== "PATCH") return { status: 200, body: found };
    const { resourceVersion } = (body as Partial<Stored>).metadata ?? {};
    if (resourceVersion !== undefined && resourceVersion !== found.metadata.resourceVersion)
      return { status: 409, body: { message: "the object has been modified" } };
    this.put(path, merge(found, body) as Stored);
    return { status: 200, body: this.objects.get(path) };
  }

  #create(path: string, body: Stored) {
    if (this.objects.has(path)) return { status: 409, body: { message: `${path} exists` } };
    this.put(path, body);
    return { status: 201, body };
  }

  #list(folder: string, selector: string | null): Stored[] {
    const wanted = (selector ?? "").split(",").map((label) => label.split("="));
    return [...this.objects]
      .filter(
        ([path]) => path.startsWith(`${folder}/`) && !path.slice(folder.length + 1).includes("/"),
      )
      .map(([, object]) => object)
      .filter(
        ({ metadata }) =>
          selector === null ||
          wanted.every(([key = "", value]) => metadata.labels?.[key] === value),
      );
  }
}

/** A merge patch: maps key by key, null takes out. */
function merge(base: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const merged: Record<string, unknown> = { ...(base as object) };
  for (const [key, value] of Object.entries(patch))
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value);
  return merged;
}
