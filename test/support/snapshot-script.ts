import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPrograms } from "../../components/program/index.ts";
import { podNode } from "./pod-node.ts";

export interface Outcome {
  code: number | null;
  output: string;
}

/** The script that takes snapshots as its pod runs it, but for the folders that only a pod has. */
export class SnapshotScript {
  readonly #home = mkdtempSync(join(tmpdir(), "vault-snapshot-"));
  /** Where it writes. */
  readonly folder = join(this.#home, "snapshots");

  constructor(token: string) {
    mkdirSync(join(this.#home, "vault"));
    this.clear();
    writeFileSync(join(this.#home, "vault/token"), token);
    writeFileSync(join(this.#home, "package.json"), '{ "type": "module" }');
    for (const [name, text] of Object.entries(readPrograms("snapshot.ts")))
      writeFileSync(join(this.#home, name), text.replaceAll("/var/run/secrets", this.#home));
  }

  start(env: Record<string, string>) {
    const process = spawn(podNode, [join(this.#home, "snapshot.ts")], {
      env: {
        NODE_COMPILE_CACHE: join(this.#home, "compiled"),
        VAULT_LOGIN: "kubernetes",
        VAULT_ROLE: "vault-snapshot",
        SNAPSHOT_FOLDER: this.folder,
        KEEP: "3",
        ...env,
      },
    });
    let output = "";
    for (const stream of [process.stdout, process.stderr])
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const outcome = once(process, "close").then(([code]): Outcome => ({
      code: code as number | null,
      output: output.trim(),
    }));
    return { process, outcome };
  }

  run(env: Record<string, string>): Promise<Outcome> {
    return this.start(env).outcome;
  }

  files(): string[] {
    return readdirSync(this.folder).sort();
  }

  /** Removes all that it has written. */
  clear(): void {
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder);
  }

  remove(): void {
    rmSync(this.#home, { recursive: true });
  }
}
