import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

export interface Request {
  method: string;
  path: string;
  body: Record<string, unknown>;
}

export interface Reply {
  status: number;
  body?: unknown;
}

/** Serves JSON on a free loopback port, with TLS where a certificate is given. */
export async function serveJson(
  answer: (request: Request) => Reply,
  tls?: { key: string; cert: string },
): Promise<{ server: Server; port: number }> {
  const listener: RequestListener = (request, response) => {
    void read(request).then((received) => {
      const { status, body = {} } = answer(received);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

async function read(request: IncomingMessage): Promise<Request> {
  const text = (await request.setEncoding("utf8").toArray()).join("");
  const body = (text === "" ? {} : JSON.parse(text)) as Request["body"];
  return { method: request.method ?? "", path: request.url ?? "", body };
}

export const unsealKeys = ["first-unseal-key", "second-unseal-key", "third-unseal-key"];
export const rootToken = "the-root-token";

/** How many different keys open the Vault. */
const threshold = 2;

/** As much of Vault as the bootstrap talks to: sealed until enough keys came, and one token at a time. */
export class FakeVault {
  initialized = false;
  sealed = true;
  /** How often a server that joins others is asked before it is open. */
  joinsAfter = 0;
  /** How often it refuses a key, as it does while somebody else gives one. */
  refusals = 0;
  /** After how many keys the unsealer gives all of its own at once; none: it does not. */
  overtakenAfter: number | undefined;
  /** Paths below sys/auth/ that were enabled. */
  mounts = new Set<string>();
  #given = new Set<unknown>();
  #joining = false;
  #rootAlive = false;

  answer({ method, path, body }: Request): Reply {
    const what = `${method} ${path.replace("/v1/", "").replace(/\?.*/, "")}`;
    if (what === "GET sys/seal-status") return this.#status();
    if (what === "PUT sys/init") return this.#initialise();
    if (what === "PUT sys/unseal") return this.#unseal(body["key"]);
    if (this.sealed) return { status: 503, body: { errors: ["Vault is sealed"] } };
    if (what === "GET sys/health") return { status: 200 };
    return this.#open(what);
  }

  #status(): Reply {
    if (this.#joining && this.joinsAfter-- <= 0) this.sealed = false;
    const { initialized, sealed } = this;
    return { status: 200, body: { initialized, sealed, progress: this.#given.size, t: threshold } };
  }

  #initialise(): Reply {
    if (this.initialized) return { status: 400, body: { errors: ["already initialized"] } };
    this.initialized = true;
    this.#rootAlive = true;
    return { status: 200, body: { keys_base64: unsealKeys, root_token: rootToken } };
  }

  #unseal(key: unknown): Reply {
    if (this.refusals-- > 0) return { status: 500, body: { errors: ["failed to create cipher"] } };
    this.#give(key);
    if (this.overtakenAfter !== undefined && --this.overtakenAfter === 0) this.#give(...unsealKeys);
    return this.#status();
  }

  #give(...keys: unknown[]): void {
    for (const key of keys) {
      if (unsealKeys.includes(String(key))) this.#given.add(key);
      if (this.#given.size < threshold) continue;
      this.#given.clear();
      this.#joining = true;
    }
  }

  #open(what: string): Reply {
    if (what === "POST auth/token/revoke-self") this.#rootAlive = false;
    if (what === "GET auth/token/lookup-self") return { status: this.#rootAlive ? 200 : 403 };
    if (what === "GET sys/auth") return { status: 200, body: Object.fromEntries(this.#enabled()) };
    const mount = /^POST sys\/auth\/(.*)$/.exec(what)?.[1];
    if (mount !== undefined) this.mounts.add(mount);
    if (what === "POST auth/deployer/login")
      return { status: 200, body: { auth: { client_token: "deployer-token" } } };
    return { status: 204 };
  }

  #enabled(): [string, object][] {
    return [...this.mounts].map((mount) => [`${mount}/`, {}]);
  }
}
