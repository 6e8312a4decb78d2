import { readFileSync } from "node:fs";
import { type Answer, readJson, type Request, send } from "./http.ts";

/** The part of `sys/seal-status` that matters here. */
export interface SealStatus {
  initialized: boolean;
  sealed: boolean;
  /** How many keys of the threshold were given; again 0 once they were enough. */
  progress: number;
  /** The threshold: how many different keys are enough. */
  t: number;
}

interface Options {
  body?: unknown;
  token?: string;
}

/** Waiting does not help. */
export class TooFewKeys extends Error {}

/** One Vault server, addressed directly: the unseal key goes to each pod, not to a Service. */
export class VaultClient {
  readonly address: string;
  readonly #ca: string;

  /** `ca`: the file with the authority of the server's certificate; empty where it speaks plaintext. */
  constructor(address: string, ca: string) {
    this.address = address;
    this.#ca = ca;
  }

  async call<T = unknown>(method: string, path: string, options: Options = {}): Promise<Answer<T>> {
    // A name may still lead to a pod that is gone and answers nothing; initialising takes its time.
    const patience = method === "GET" ? 5_000 : 20_000;
    return readJson<T>(await send(this.#url(path), this.#request(method, options, patience)));
  }

  /** Like `call`, but anything else than success is an error that says what was asked, never with what. */
  async must<T = unknown>(method: string, path: string, options: Options = {}): Promise<T> {
    const answer = await this.call<T>(method, path, options);
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    throw this.#refusal(method, path, answer);
  }

  /** Downloads what is too big to be held, or is no JSON. */
  async download(path: string, token: string): Promise<AsyncIterable<Uint8Array>> {
    const answer = await send(this.#url(path), this.#request("GET", { token }, 60_000));
    if (answer.status === 200) return answer.body;
    throw this.#refusal("GET", path, await readJson(answer));
  }

  async sealStatus(): Promise<SealStatus> {
    return this.must<SealStatus>("GET", "sys/seal-status");
  }

  /** True when this server is the active one, or knows to which one it forwards. */
  async serving(): Promise<boolean> {
    const { status } = await this.call("GET", "sys/health");
    if (status !== 429) return status === 200;
    const leader = await this.must<{ leader_address?: string }>("GET", "sys/leader");
    return Boolean(leader.leader_address);
  }

  /**
   * Gives as many keys as the server's status wants, and says whether they were enough. A server that joins others is unsealed only a moment later,
   * when their leader has answered. They are not enough where somebody else gave the last that was needed meanwhile, so that the
   * rest of these counted towards the next time.
   */
  async unseal(keys: string[], { t: threshold }: Pick<SealStatus, "t">): Promise<boolean> {
    if (new Set(keys).size < threshold)
      throw new TooFewKeys(
        `${this.address} needs ${threshold} different keys, and the Secret holds ${new Set(keys).size}: restore that Secret from your copy`,
      );
    for (const key of keys) {
      const { sealed, progress } = await this.must<SealStatus>("PUT", "sys/unseal", {
        body: { key },
      });
      if (!sealed || progress === 0) return true;
    }
    return false;
  }

  /** Logs in with the token of the pod's service account that is meant for Vault; returns Vault's own. */
  async logIn(mountPath: string, role: string): Promise<string> {
    const jwt = readFileSync("/var/run/secrets/vault/token", "utf8");
    const login = await this.must<{ auth: { client_token: string } }>(
      "POST",
      `auth/${mountPath}/login`,
      { body: { role, jwt } },
    );
    return login.auth.client_token;
  }

  #url(path: string): string {
    return new URL(`/v1/${path}`, this.address).href;
  }

  #request(method: string, { body, token }: Options, patience: number): Request {
    return {
      method,
      body,
      patience,
      server: this.address,
      headers: token === undefined ? {} : { "x-vault-token": token },
      ...(this.#ca === "" ? {} : { ca: this.#ca }),
    };
  }

  #refusal(method: string, path: string, { status, body }: Answer): Error {
    const { errors = [] } = body as { errors?: string[] };
    return new Error(`${method} ${path} on ${this.address}: ${status} ${errors.join("; ")}`);
  }
}
