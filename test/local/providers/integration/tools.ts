import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cacheFolder } from "../../../../local/lib/paths.ts";
import { findCommand } from "../../../../local/lib/run.ts";

/** A tool on the PATH or among those that were built before; nothing is built for a test. */
export function findTool(tool: string, binary = tool): string | undefined {
  const built = globSync(join(cacheFolder(), "tools", tool, "*"));
  return findCommand(binary, [process.env["PATH"], ...built].join(delimiter));
}

/** OpenBao in memory, with Vault's interface and the token "root". */
export class DevVault {
  readonly address: string;
  /** Its configuration, and room for what a test makes it write. */
  readonly folder = mkdtempSync(join(tmpdir(), "bao-"));
  readonly #port: number;
  readonly #binary: string;
  readonly #config: string;
  #process: ChildProcess | undefined;

  /** `config` is added to its own, such as a second listener. */
  constructor(binary: string, port: number, config = "") {
    this.#config = config;
    this.#binary = binary;
    this.#port = port;
    this.address = `http://127.0.0.1:${port}`;
  }

  async start(): Promise<void> {
    const listen = `-dev-listen-address=127.0.0.1:${this.#port}`;
    const config = join(this.folder, "bao.hcl");
    // Vault always allows it.
    writeFileSync(config, `unsafe_allow_api_audit_creation = true\n${this.#config}`);
    const dev = ["-dev", "-dev-root-token-id=root", "-dev-no-store-token", listen];
    const args = ["server", `-config=${config}`, ...dev];
    this.#process = spawn(this.#binary, args, { stdio: "ignore" });
    for (let tries = 0; tries < 300; tries++, await sleep(100)) {
      const health = await this.call("GET", "sys/health").catch(() => undefined);
      if (health?.status === 200) return;
    }
    throw new Error("OpenBao did not start");
  }

  async token(wanted: object): Promise<string> {
    const response = await fetch(`${this.address}/v1/auth/token/create-orphan`, {
      method: "POST",
      headers: { "X-Vault-Token": "root" },
      body: JSON.stringify(wanted),
    });
    const { auth } = (await response.json()) as { auth: { client_token: string } };
    return auth.client_token;
  }

  async stop(): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  /** Does something by hand, past Pulumi. */
  async call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; data: unknown }> {
    const response = await fetch(`${this.address}/v1/${path}`, {
      method,
      headers: { "X-Vault-Token": "root" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const answer = text === "" ? {} : (JSON.parse(text) as { data?: unknown });
    return { status: response.status, data: answer.data };
  }
}
