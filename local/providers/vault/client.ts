import type { Props } from "../host/values.ts";
import type { VaultConfig } from "./config.ts";
import { VaultError, VaultHttp, type Pause } from "./http.ts";

/** A logged-in session. Nothing is sent before the first operation. */
export class VaultClient {
  readonly #config: VaultConfig;
  readonly #http: VaultHttp;
  #token: Promise<string> | undefined;
  #version: Promise<string> | undefined;

  constructor(config: VaultConfig, signal: AbortSignal, pause?: Pause) {
    this.#config = config;
    this.#http = new VaultHttp(config, signal, pause);
  }

  /** What is at a path; `undefined` when nothing is. */
  async read(path: string): Promise<Props | undefined> {
    const request = { method: "GET", path, token: await this.#session() } as const;
    const { data, warnings } = await this.#http.ask(request, 404);
    // A deleted version of a KV secret is "not found", with data: Vault's clients take it as found.
    const found = data !== undefined && data !== null && Object.keys(data).length > 0;
    return found || warnings?.length ? (data ?? {}) : undefined;
  }

  /** Like `read`, for what is kept in `sys/mounts` or `sys/auth`: there Vault refuses what it does not have. */
  async readMount(path: string): Promise<Props | undefined> {
    try {
      return await this.read(path);
    } catch (error) {
      if (isMissingMount(error)) return undefined;
      throw error;
    }
  }

  /** Returns what Vault answers, mostly nothing. */
  async write(path: string, body: Props, method: "PUT" | "POST" = "PUT"): Promise<Props> {
    const { data } = await this.#http.ask({ method, path, token: await this.#session(), body });
    return data ?? {};
  }

  /** Moves a mount with what is in it, and returns when it has arrived. */
  async remount(from: string, to: string): Promise<void> {
    const { migration_id: id } = await this.write("sys/remount", { from, to });
    if (typeof id !== "string") return;
    for (;;) {
      const found = await this.read(`sys/remount/status/${id}`);
      const { status } = (found?.["migration_info"] ?? {}) as Props;
      if (status === "success") return;
      if (status === "failure") throw new Error(`Vault could not move "${from}" to "${to}"`);
      await this.#http.pause(200);
    }
  }

  /** Writes again for half a minute while Vault says that the path is not ready. */
  async writePatiently(path: string, body: Props): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        await this.write(path, body);
        return;
      } catch (error) {
        const notYet = error instanceof VaultError && error.status === 400 && attempt < 60;
        if (!notYet) throw explained(`error writing to path "${path}", err=`, error);
        await this.#http.pause(500);
      }
    }
  }

  async remove(path: string, tolerated?: 404): Promise<void> {
    await this.#http.ask({ method: "DELETE", path, token: await this.#session() }, tolerated);
  }

  /** The server's version, or what the settings say it is; empty when they say not to ask. */
  async version(): Promise<string> {
    const { version, skipGetVersion } = this.#config;
    if (version !== undefined || skipGetVersion) return version ?? "";
    this.#version ??= this.#askVersion();
    return this.#version.catch((error: unknown) => {
      this.#version = undefined;
      throw explained("could not determine the Vault server version, err=", error);
    });
  }

  async #askVersion(): Promise<string> {
    const token = await this.#session();
    const { version } = await this.#http.ask({ method: "GET", path: "sys/seal-status", token });
    return version ?? "";
  }

  #session(): Promise<string> {
    this.#token ??= this.#logIn();
    return this.#token.catch((error: unknown) => {
      this.#token = undefined;
      throw error;
    });
  }

  async #logIn(): Promise<string> {
    if (this.#config.address === "") throw new Error("failed to configure Vault address");
    const token = this.#config.token();
    try {
      await this.#http.ask({ method: "GET", path: "auth/token/lookup-self", token });
    } catch (error) {
      throw explained("failed to lookup token, err=", error);
    }
    return this.#config.skipChildToken ? token : this.#childOf(token);
  }

  async #childOf(token: string): Promise<string> {
    const ttl = `${this.#config.childTokenSeconds}s`;
    const body = {
      display_name: this.#config.tokenName,
      ttl,
      explicit_max_ttl: ttl,
      renewable: false,
    };
    try {
      const path = "auth/token/create";
      const { auth } = await this.#http.ask({ method: "POST", path, token, body });
      return auth?.client_token ?? "";
    } catch (error) {
      throw explained("failed to create limited child token: ", error);
    }
  }
}

/** An error with what was being done in front. */
const explained = (what: string, error: unknown): Error =>
  new Error(what + (error instanceof Error ? error.message : String(error)), { cause: error });

/** For a promise's `catch`: fails with its error, after the words of what was done. */
export const because =
  (what: string) =>
  (error: unknown): never => {
    throw explained(what, error);
  };

/** Compares the first two numbers of a version: the server's own suffixes do not matter. */
export function isAtLeast(version: string, major: number, minor: number): boolean {
  const [first = 0, second = 0] = version.split(/[.+-]/).map(Number);
  return first > major || (first === major && second >= minor);
}

const missingMount = /No (secret|auth) engine (mount )?at|no matching mount/i;

/** Vault says so with status 400, not 404. */
const isMissingMount = (error: unknown): boolean =>
  error instanceof VaultError &&
  (error.status === 404 ||
    (error.status === 400 && error.errors.some((e) => missingMount.test(e))));
