import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain };
type Body = Record<string, Plain>;
interface Answer {
  status: number;
  body?: Body;
}

export interface Seen {
  method: string;
  path: string;
  body?: Body;
}

interface Mount {
  type: string;
  description: string;
  options: Plain;
  config: Body;
}

const failed = (status: number, ...errors: string[]): Answer => ({ status, body: { errors } });
const nothing: Answer = { status: 204 };
const data = (found: Body | undefined): Answer =>
  found === undefined
    ? failed(404)
    : { status: 200, body: { ...found, data: found, warnings: null } };
const word = (value: Plain | undefined) => (typeof value === "string" ? value : "");

/** A Vault in memory: the calls that the plugin makes, answered as Vault and OpenBao answer them. */
export class FakeVault {
  readonly seen: Seen[] = [];
  readonly mounts = new Map<string, Mount>();
  readonly auths = new Map<string, Mount>();
  readonly audits = new Map<string, Body>();
  /** Everything else, by path: policies, Kubernetes settings and roles, metadata of secrets. */
  readonly store = new Map<string, Body>();
  readonly secrets = new Map<string, { value: Plain; metadata: Body }>();
  /** Answers to give before the real ones, by method and path. */
  readonly trouble = new Map<string, Answer[]>();
  tokens = new Set(["root"]);
  version = "2.7.2";
  #asked = 0;
  readonly #server: Server;
  readonly #scheme: string;

  constructor(tls?: { key: string; cert: string }) {
    const serve = (request: IncomingMessage, response: ServerResponse) =>
      void this.#serve(request, response);
    this.#scheme = tls === undefined ? "http" : "https";
    this.#server = tls === undefined ? createServer(serve) : createSecureServer(tls, serve);
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `${this.#scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  reset(): void {
    for (const part of [
      this.mounts,
      this.auths,
      this.audits,
      this.store,
      this.secrets,
      this.trouble,
    ])
      part.clear();
    this.seen.length = 0;
    this.tokens = new Set(["root"]);
    this.version = "2.7.2";
  }

  /** The calls that write, without the ones that log in. */
  writes(): Seen[] {
    return this.seen.filter(({ method }) => method !== "GET");
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? "";
    const path = (request.url ?? "").replace(/^\/v1\//, "");
    const hasBody = method === "PUT" || method === "POST";
    const body = hasBody ? ((await json(request)) as Body) : undefined;
    this.seen.push({ method, path, ...(body && { body }) });
    const token = String(request.headers["x-vault-token"]);
    const answer =
      this.trouble.get(`${method} ${path}`)?.shift() ?? this.#answer(method, path, token, body);
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(answer.body === undefined ? "" : JSON.stringify(answer.body));
  }

  #answer(method: string, path: string, token: string, body: Body = {}): Answer {
    if (path === "sys/seal-status")
      return { status: 200, body: { sealed: false, version: this.version } };
    if (!this.tokens.has(token)) return failed(403, "permission denied");
    if (path === "auth/token/lookup-self") return data({ policies: ["deployer"], ttl: 900 });
    if (path === "auth/token/create") return this.#childToken();
    if (path.startsWith("sys/remount/status/")) return data({ migration_info: this.#moveStatus() });
    if (path === "sys/remount") return this.#remount(word(body["from"]), word(body["to"]));
    const tune = /^sys\/mounts\/(.+)\/tune$/.exec(path);
    if (tune?.[1] !== undefined) return this.#tune(method, tune[1], body);
    if (path.startsWith("sys/mounts/"))
      return this.#mount(this.mounts, "secret", method, path, body);
    if (path.startsWith("sys/auth/")) return this.#mount(this.auths, "auth", method, path, body);
    if (path.startsWith("sys/audit")) return this.#audit(method, path.slice(10), body);
    if (path.startsWith("auth/")) return this.#auth(method, path, body);
    if (path.startsWith("sys/policies/acl/")) return this.#stored(method, path, body);
    return this.#kv(method, path, body);
  }

  #childToken(): Answer {
    this.tokens.add("child");
    return { status: 200, body: { auth: { client_token: "child" } } };
  }

  #mount(
    mounts: Map<string, Mount>,
    kind: string,
    method: string,
    path: string,
    body: Body,
  ): Answer {
    const name = path.split("/").slice(2).join("/");
    const found = mounts.get(name);
    if (method === "DELETE") {
      mounts.delete(name);
      return nothing;
    }
    if (method === "GET") {
      const words = kind === "auth" ? "No auth engine at" : "No secret engine mount at";
      if (found === undefined) return failed(400, `${words} ${name}/`);
      return data({ ...found, accessor: `${found.type}_1`, local: false, seal_wrap: false });
    }
    if (found !== undefined) return failed(400, `path is already in use at ${name}/`);
    mounts.set(name, {
      type: word(body["type"]),
      description: word(body["description"]),
      options: body["options"] ?? {},
      config: kind === "auth" ? { token_type: "default-service" } : tuned(body["config"] as Body),
    });
    return nothing;
  }

  #audit(method: string, name: string, body: Body): Answer {
    const listed = [...this.audits].map(([path, device]) => [`${path}/`, device]);
    if (method === "GET") return data(Object.fromEntries(listed) as Body);
    if (method === "DELETE") this.audits.delete(name);
    else if (this.audits.has(name)) return failed(400, `path already in use`);
    else this.audits.set(name, { ...body, path: `${name}/` });
    return nothing;
  }

  #tune(method: string, path: string, body: Body): Answer {
    const isAuth = path.startsWith("auth/");
    const found = isAuth ? this.auths.get(path.slice(5)) : this.mounts.get(path);
    if (found === undefined) return failed(400, `No secret engine mount at ${path}/`);
    if (method === "GET")
      return data({ default_lease_ttl: 2764800, max_lease_ttl: 2764800, ...found.config });
    if (body["description"] !== undefined) found.description = word(body["description"]);
    if (body["options"] !== undefined) found.options = body["options"];
    Object.assign(found.config, tuned(body));
    return nothing;
  }

  /** A move takes its time. */
  #moveStatus(): Body {
    this.#asked += 1;
    return { status: this.#asked % 2 === 1 ? "in-progress" : "success" };
  }

  #remount(from: string, to: string): Answer {
    const mounts = from.startsWith("auth/") ? this.auths : this.mounts;
    const found = mounts.get(from.replace(/^auth\//, ""));
    if (found === undefined) return failed(400, `no matching mount at "${from}/"`);
    mounts.delete(from.replace(/^auth\//, ""));
    mounts.set(to.replace(/^auth\//, ""), found);
    return data({ migration_id: "1" });
  }

  #auth(method: string, path: string, body: Body): Answer {
    if (!this.auths.has(path.split("/")[1] ?? "")) {
      return failed(404, `no handler for route "${path}". route entry not found.`);
    }
    // Settings are written whole; what is not sent takes its default.
    const defaults = {
      kubernetes_ca_cert: "",
      issuer: "",
      pem_keys: [],
      disable_iss_validation: true,
    };
    if (!path.endsWith("/config")) return this.#stored(method, path, body, this.store.get(path));
    if (method === "PUT") {
      const settings: Body = { disable_local_ca_jwt: false, ...defaults, ...body };
      delete settings["token_reviewer_jwt"];
      this.store.set(path, settings);
      return nothing;
    }
    return this.#stored(method, path, body);
  }

  #stored(method: string, path: string, body: Body, previous: Body = {}): Answer {
    if (method === "GET") return data(this.store.get(path));
    if (method === "DELETE") this.store.delete(path);
    else this.store.set(path, { ...previous, ...body });
    return nothing;
  }

  #kv(method: string, path: string, body: Body): Answer {
    const [, mount = "", kind, name = ""] = /^(.+?)\/(data|metadata)\/(.+)$/.exec(path) ?? [];
    if (!this.mounts.has(mount))
      return failed(404, `no handler for route "${path}". route entry not found.`);
    const key = `${mount}/${name}`;
    const found = this.secrets.get(key);
    if (kind === "metadata") return this.#metadata(method, key, body);
    if (method === "PUT") {
      const version = Number(found?.metadata["version"] ?? 0) + 1;
      const metadata = {
        created_time: "now",
        custom_metadata: null,
        deletion_time: "",
        destroyed: false,
        version,
      };
      this.secrets.set(key, { value: body["data"] ?? null, metadata });
      return data(metadata);
    }
    if (found === undefined) return failed(404);
    if (method === "DELETE") {
      found.metadata["deletion_time"] = "now";
      found.value = null;
      return nothing;
    }
    const answer = data({ data: found.value, metadata: found.metadata });
    return found.value === null ? { ...answer, status: 404 } : answer;
  }

  #metadata(method: string, key: string, body: Body): Answer {
    const path = `metadata ${key}`;
    if (method === "DELETE") this.secrets.delete(key);
    const defaults = {
      max_versions: 0,
      cas_required: false,
      delete_version_after: "0s",
      custom_metadata: null,
    };
    return method === "GET"
      ? data({ ...defaults, ...this.store.get(path) })
      : this.#stored(method, path, body);
  }
}

/** Durations come as words and are given back in seconds. */
function tuned(config: Body): Body {
  const apart = new Set(["options", "description"]);
  const entries = Object.entries(config).filter(([key]) => !apart.has(key));
  return Object.fromEntries(
    entries.map(([key, value]) => [key, key.endsWith("_ttl") ? parseInt(word(value), 10) : value]),
  );
}
