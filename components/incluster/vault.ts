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

/** One Vault server, addressed directly: the unseal key goes to each pod, not to a Service. */
export class VaultClient {
  readonly address: string;

  constructor(address: string) {
    this.address = address;
  }

  call<T = unknown>(
    method: string,
    path: string,
    options: { body?: unknown; token?: string } = {},
  ) {
    const url = new URL(`/v1/${path}`, this.address);
    const ca = process.env["VAULT_CACERT"];
    const send = url.protocol === "https:" ? https.request : http.request;
    return new Promise<Answer<T>>((resolve, reject) => {
      // A name may still lead to a pod that is gone and answers nothing; initialising takes its time.
      const timeout = method === "GET" ? 5_000 : 20_000;
      const headers = options.token === undefined ? {} : { "x-vault-token": options.token };
      const settings = {
        method,
        headers,
        timeout,
        ...(ca ? { ca: readFileSync(ca) } : {}),
      };
      const call = send(url, settings, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, body: parse<T>(text) }),
        );
      });
      call.on("timeout", () =>
        call.destroy(new Error(`${this.address} did not answer in ${timeout / 1000} s`)),
      );
      call.on("error", reject);
      call.end(options.body === undefined ? undefined : JSON.stringify(options.body));
    });
  }

  /** Like `call`, but anything else than success is an error that says what was asked, never with what. */
  async must<T = unknown>(
    method: string,
    path: string,
    options: { body?: unknown; token?: string } = {},
  ) {
    const answer = await this.call<T>(method, path, options);
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    const { errors } = answer.body as { errors?: string[] };
    throw new Error(
      `${method} ${path} on ${this.address}: ${answer.status} ${errors?.join("; ") ?? ""}`,
    );
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
    throw new Error(
      `${this.address} is still sealed after ${keys.length} keys: the Secret holds too few of them`,
    );
  }
}

function parse<T>(text: string): T {
  try {
    return JSON.parse(text || "{}") as T;
  } catch {
    return {} as T;
  }
}
