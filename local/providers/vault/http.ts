import { setTimeout as sleep } from "node:timers/promises";
import type { Props } from "../host/values.ts";
import type { VaultConfig } from "./config.ts";
import { transport, Unreachable, type Reply, type Transport } from "./transport.ts";

export interface Answer {
  status: number;
  data?: Props | null;
  auth?: { client_token?: string } | null;
  warnings?: string[] | null;
  errors?: string[];
  version?: string;
}

export interface VaultRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  path: string;
  token: string;
  body?: Props;
}

/** Vault answered, but not with what was asked for. */
export class VaultError extends Error {
  readonly status: number;
  readonly errors: string[];

  constructor(method: string, url: URL, { status, errors = [] }: Answer) {
    const list = errors.map((error) => `* ${error}`).join("\n");
    super(
      `Error making API request.\n\nURL: ${method} ${url.href}\nCode: ${status}. Errors:\n\n${list}`,
    );
    this.status = status;
    this.errors = errors;
  }
}

export type Pause = (milliseconds: number, signal: AbortSignal) => Promise<void>;

const wait: Pause = async (milliseconds, signal) => {
  await sleep(milliseconds, undefined, { signal });
};

/** Vault's HTTP interface, with the patience of its own clients. */
export class VaultHttp {
  readonly #config: VaultConfig;
  readonly #signal: AbortSignal;
  readonly #pause: Pause;
  #send: Transport | undefined;

  constructor(config: VaultConfig, signal: AbortSignal, pause: Pause = wait) {
    this.#config = config;
    this.#signal = signal;
    this.#pause = pause;
  }

  pause = (milliseconds: number): Promise<void> => this.#pause(milliseconds, this.#signal);

  /** Returns any answer below 400, and 404 when it is `tolerated`; everything else is an error. */
  async ask(request: VaultRequest, tolerated?: 404): Promise<Answer> {
    const url = new URL(`${this.#config.address.replace(/\/$/, "")}/v1/${request.path}`);
    const answer = parse(await this.#retried(request, url));
    if (answer.status >= 400 && answer.status !== tolerated) {
      throw new VaultError(request.method, url, answer);
    }
    return answer;
  }

  async #retried(request: VaultRequest, url: URL): Promise<Reply> {
    this.#send ??= transport(this.#config);
    const call = {
      method: request.method,
      url,
      headers: { "X-Vault-Request": "true", "X-Vault-Token": request.token },
      body: request.body === undefined ? undefined : JSON.stringify(request.body),
      signal: this.#signal,
    };
    for (let attempt = 1; ; attempt++) {
      const last = attempt > this.#config.maxRetries;
      try {
        const reply = await this.#send(call);
        if (last || !isPassing(reply.status)) return reply;
      } catch (error) {
        if (last || !(error instanceof Unreachable && error.retriable)) throw error;
      }
      await this.pause(attempt * (1_000 + Math.random() * 500));
    }
  }
}

/** Sealed, starting, overloaded or behind the leader: another moment may be better. */
const isPassing = (status: number) =>
  status === 412 || status === 429 || (status >= 500 && status !== 501);

function parse({ status, body }: Reply): Answer {
  try {
    return { ...(JSON.parse(body || "{}") as Omit<Answer, "status">), status };
  } catch {
    return { status, errors: [body] };
  }
}
