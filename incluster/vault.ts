import { readFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import type { Answer } from "./kube.ts";

/** The part of `sys/seal-status` that matters here. */
export interface SealStatus {
  initialized: boolean;
  sealed: boolean;
  /** How many keys of the threshold were given; again 0 once they were enough. */
  progress: number;
}

/** Waiting does not help. */
export class TooFewKeys extends Error {}

/** One Vault server, addressed directly: the unseal key goes to each pod, not to a Service. */
export class VaultClient {
  readonly address: string;

  constructor(address: string) {
    this.address = address;
  }

  async call<T = unknown>(
    method: string,
    path: string,
    options: { body?: unknown; token?: string } = {},
  ): Promise<Answer<T>> {
    // A name may still lead to a pod that is gone and answers nothing; initialising takes its time.
    const timeout = method === "GET" ? 5_000 : 20_000;
    const response = await this.#send(method, path, { ...options, timeout });
    return answerOf<T>(response);
  }

  /** Like `call`, but anything else than success is an error that says what was asked, never with what. */
  async must<T = unknown>(
    method: string,
    path: string,
    options: { body?: unknown; token?: string } = {},
  ) {
    const answer = await this.call<T>(method, path, options);
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    throw this.#refusal(method, path, answer);
  }

  /** The body of an answer as it comes, for what is too big to be held or is no JSON. */
  async stream(path: string, token: string): Promise<http.IncomingMessage> {
    const response = await this.#send("GET", path, { token, timeout: 60_000 });
    if (response.statusCode === 200) return response;
    throw this.#refusal("GET", path, await answerOf(response));
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

  /** Gives as many keys as it takes. One that joins others opens only a moment later, when their leader has answered. */
  async unseal(keys: string[]): Promise<void> {
    for (const key of keys) {
      const { sealed, progress } = await this.must<SealStatus>("PUT", "sys/unseal", {
        body: { key },
      });
      if (!sealed || progress === 0) return;
    }
    throw new TooFewKeys(
      `${this.address} is still sealed after ${keys.length} keys: the Secret holds too few of them`,
    );
  }

  #send(
    method: string,
    path: string,
    { body, token, timeout }: { body?: unknown; token?: string; timeout: number },
  ): Promise<http.IncomingMessage> {
    const url = new URL(`/v1/${path}`, this.address);
    const ca = process.env["VAULT_CACERT"];
    const send = url.protocol === "https:" ? https.request : http.request;
    const headers = token === undefined ? {} : { "x-vault-token": token };
    const settings = { method, headers, timeout, ...(ca ? { ca: readFileSync(ca) } : {}) };
    return new Promise((resolve, reject) => {
      const call = send(url, settings, resolve);
      call.on("timeout", () =>
        call.destroy(new Error(`${this.address} did not answer in ${timeout / 1000} s`)),
      );
      call.on("error", reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  #refusal(method: string, path: string, { status, body }: Answer): Error {
    const { errors = [] } = body as { errors?: string[] };
    return new Error(`${method} ${path} on ${this.address}: ${status} ${errors.join("; ")}`);
  }
}

async function answerOf<T>(response: http.IncomingMessage): Promise<Answer<T>> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk as string;
  return { status: response.statusCode ?? 0, body: parse<T>(text) };
}

function parse<T>(text: string): T {
  try {
    return JSON.parse(text || "{}") as T;
  } catch {
    return {} as T;
  }
}
