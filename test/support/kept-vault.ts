import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** One server with its data in a folder, which outlives it. */
export class KeptVault {
  readonly address: string;
  readonly #binary: string;
  readonly #folder: string;
  readonly #port: number;
  #process: ChildProcess | undefined;

  constructor(binary: string, folder: string, port: number) {
    this.#binary = binary;
    this.#folder = folder;
    this.#port = port;
    this.address = `http://127.0.0.1:${port}`;
  }

  /** `seal` is a stanza of the configuration, `token` what the seal may need. */
  start(seal = "", token = ""): void {
    const data = join(this.#folder, "data");
    mkdirSync(data, { recursive: true });
    const config = join(this.#folder, "vault.hcl");
    writeFileSync(
      config,
      `unsafe_allow_api_audit_creation = true
listener "tcp" {
  address = "127.0.0.1:${this.#port}"
  tls_disable = 1
}
storage "raft" {
  path = "${data}"
  node_id = "vault-0"
  performance_multiplier = 1
}
api_addr = "${this.address}"
cluster_addr = "http://127.0.0.1:${this.#port + 1}"
${seal}`,
    );
    this.#process = spawn(this.#binary, ["server", `-config=${config}`], {
      stdio: "ignore",
      env: { ...process.env, VAULT_TOKEN: token },
    });
  }

  async stop(): Promise<void> {
    if (this.#process?.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill("SIGKILL");
    await once(this.#process, "exit");
  }

  loseData(): void {
    rmSync(join(this.#folder, "data"), { recursive: true });
  }
}
