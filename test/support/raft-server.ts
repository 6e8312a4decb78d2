import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../local/substitutes/integration/postgres.ts";

export interface Keys {
  /** As many as it takes. */
  keys: string[];
  rootToken: string;
}

export interface Start {
  joins?: RaftServer;
  /** What unseals it, in its configuration. */
  seal?: string;
}

/** One server with a raft of its own, or of the server that it joins. */
export class RaftServer {
  address = "";
  readonly #binary: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "bao-raft-"));
  #process: ChildProcess | undefined;

  constructor(binary: string) {
    this.#binary = binary;
  }

  async start({ joins, seal = "" }: Start = {}): Promise<this> {
    const [port, cluster] = [await freePort(), await freePort()];
    this.address = `http://127.0.0.1:${port}`;
    mkdirSync(join(this.#folder, "data"));
    const retry = joins && `retry_join {\n    leader_api_addr = "${joins.address}"\n  }`;
    writeFileSync(
      join(this.#folder, "vault.hcl"),
      `listener "tcp" {
  address = "127.0.0.1:${port}"
  cluster_address = "127.0.0.1:${cluster}"
  tls_disable = 1
}
storage "raft" {
  path = "${join(this.#folder, "data")}"
  node_id = "vault-${port}"
  performance_multiplier = 1
  ${retry ?? ""}
}
api_addr = "${this.address}"
cluster_addr = "http://127.0.0.1:${cluster}"
${seal}`,
    );
    await this.#run();
    return this;
  }

  async restart(): Promise<void> {
    await this.#kill();
    await this.#run();
  }

  async remove(): Promise<void> {
    await this.#kill();
    rmSync(this.#folder, { recursive: true });
  }

  async #run(): Promise<void> {
    const config = join(this.#folder, "vault.hcl");
    this.#process = spawn(this.#binary, ["server", `-config=${config}`], { stdio: "ignore" });
    await until("it answers", async () => "sealed" in (await this.#status()));
  }

  async #kill(): Promise<void> {
    if (this.#process?.exitCode !== null) return;
    this.#process.kill("SIGKILL");
    await once(this.#process, "exit");
  }

  async call(method: string, path: string, body?: unknown, token = "") {
    const response = await fetch(`${this.address}/v1/${path}`, {
      method,
      headers: { "x-vault-token": token },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: (text === "" ? {} : JSON.parse(text)) as Json };
  }

  async initialise(shares: number, threshold: number): Promise<Keys> {
    const split = { secret_shares: shares, secret_threshold: threshold };
    const { body } = await this.call("PUT", "sys/init", split);
    const keys = (body["keys_base64"] as string[]).slice(0, threshold);
    return { keys, rootToken: body["root_token"] as string };
  }

  /** For a server that unseals itself; its root token. */
  async initialiseSealed(): Promise<string> {
    const split = { recovery_shares: 1, recovery_threshold: 1 };
    const { body } = await this.call("PUT", "sys/init", split);
    await this.serves();
    return body["root_token"] as string;
  }

  async snapshot(token: string): Promise<Buffer> {
    const url = `${this.address}/v1/sys/storage/raft/snapshot`;
    const response = await fetch(url, { headers: { "x-vault-token": token } });
    return Buffer.from(await response.arrayBuffer());
  }

  async unseal({ keys }: Keys): Promise<void> {
    await until("it has joined", async () => (await this.#status())["initialized"] === true);
    // One that joins others opens a moment later, and takes no key twice.
    for (const key of keys) await this.call("PUT", "sys/unseal", { key });
  }

  /** Active by itself: after a restore it takes the old leader for its own at first, and leads to that. */
  async serves(): Promise<void> {
    await until("it is active", async () => (await this.call("GET", "sys/health")).status === 200);
  }

  async follows(leader: RaftServer): Promise<void> {
    await until("it is a standby", async () => {
      const { status } = await this.call("GET", "sys/health");
      const { body } = await this.call("GET", "sys/leader");
      return status === 429 && body["leader_address"] === leader.address;
    });
  }

  async sealed(): Promise<boolean> {
    return (await this.#status())["sealed"] === true;
  }

  async #status(): Promise<Json> {
    return (await this.call("GET", "sys/seal-status")).body;
  }
}

type Json = Record<string, unknown>;

export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++, await sleep(100))
    if (await holds().catch(() => false)) return;
  assert.fail(`20 s passed before ${what}`);
}
