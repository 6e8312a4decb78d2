import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { KeyPair } from "../../../../local/lib/x509.ts";
import { newCertificate } from "../../../support/certificates.ts";
import { replicationUser } from "../../../../local/substitutes/pgo/names.ts";
import { hbaLines, parameterLines } from "../../../../local/substitutes/pgo/settings.ts";
import { psqlCommand } from "../../../../local/substitutes/pgo/sql.ts";
import { startupScript } from "../../../../local/substitutes/pgo/startup.ts";

const folder15 = "/usr/lib/postgresql/15";
const binaries = `${folder15}/bin`;

/** The reason why PostgreSQL cannot be run here, or null. */
export function whyNoPostgres(): string | null {
  if (!existsSync(join(binaries, "postgres"))) return `${binaries}/postgres is not installed`;
  if (!existsSync(`${folder15}/lib/pgaudit.so`)) return "postgresql-15-pgaudit is not installed";
  if (process.getuid?.() !== 0) return "only root can become the user postgres";
  return null;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

function idOf(flag: "-u" | "-g"): number {
  return Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
}

export interface InstanceOptions {
  folder: string;
  port: number;
  leaderPort: number;
  root: KeyPair;
  role: "primary" | "replica";
}

/** One database container of the stand-in for PGO, run by its own start script. */
export class PostgresInstance {
  readonly port: number;
  readonly folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #root: KeyPair;
  readonly #script: string;
  readonly #owner = { uid: idOf("-u"), gid: idOf("-g") };
  readonly #lines: string[] = [];
  #process: ChildProcess | undefined;

  constructor({ folder, port, leaderPort, root, role }: InstanceOptions) {
    this.port = port;
    this.folder = folder;
    this.#root = root;
    const paths: Record<string, string> = {
      "/etc/patroni": join(folder, "config"),
      "/pgconf/tls": join(folder, "tls"),
      "/tmp/postgres": join(folder, "socket"),
      "/tmp/role": join(folder, "role"),
      "port=$PGPORT": `port=${leaderPort}`,
    };
    const local = (text: string) =>
      Object.entries(paths).reduce((all, [from, to]) => all.replaceAll(from, to), text);
    this.#script = local(startupScript("127.0.0.1"));
    this.#env = {
      PATH: `${binaries}:/usr/bin:/bin`,
      PGDATA: join(folder, "pg15"),
      PGHOST: join(folder, "socket"),
      PGPORT: String(port),
      LANG: "C.UTF-8",
    };
    const spec = { postgresVersion: 15, instances: [], port };
    this.#write("config/postgresql.conf", local(parameterLines(spec).join("\n")));
    this.#write("config/pg_hba.conf", `${hbaLines(spec).join("\n")}\n`);
    this.#write("role", `${role}\n`);
  }

  async #writeCertificates(): Promise<void> {
    const root = this.#root;
    this.#write("tls/ca.crt", root.certificate);
    for (const [prefix, name] of [
      ["", "localhost"],
      ["replication/", replicationUser],
    ] as const) {
      const { certificate, key } = await newCertificate(root, name);
      this.#write(`tls/${prefix}tls.crt`, certificate);
      this.#write(`tls/${prefix}tls.key`, key);
    }
  }

  #write(name: string, content: string): void {
    const path = join(this.folder, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, content, { mode: 0o600 });
    for (const owned of [this.folder, join(path, ".."), path]) {
      chownSync(owned, this.#owner.uid, this.#owner.gid);
    }
  }

  async start(): Promise<void> {
    if (!existsSync(join(this.folder, "tls"))) await this.#writeCertificates();
    this.#process = spawn("sh", ["-eu", "-c", this.#script], {
      ...this.#owner,
      env: this.#env,
      cwd: this.folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process.stdout?.on("data", (data: Buffer) => this.#lines.push(data.toString()));
    this.#process.stderr?.on("data", (data: Buffer) => this.#lines.push(data.toString()));
    for (let tries = 0; tries < 300; tries++) {
      if (this.#process.exitCode !== null) throw new Error(this.#lines.join(""));
      if (this.#isReady()) return;
      await sleep(100);
    }
    throw new Error(`PostgreSQL did not start: ${this.#lines.join("")}`);
  }

  #isReady(): boolean {
    try {
      this.run(["pg_isready", "-q", "-d", "postgres", "-U", "postgres"]);
      return true;
    } catch {
      return false;
    }
  }

  /** Runs a command as the container would, on the local socket as superuser. */
  run(command: string[], input = ""): string {
    const [program = "", ...args] = command;
    return execFileSync(program, args, {
      ...this.#owner,
      env: this.#env,
      cwd: this.folder,
      input,
      encoding: "utf8",
      stdio: "pipe",
    });
  }

  sql(sql: string): string {
    return this.run([...psqlCommand, "-At"], sql).trim();
  }

  get log(): string {
    return this.#lines.join("");
  }

  /** Ends PostgreSQL without a checkpoint; the container's script ends with it. */
  crash(): Promise<void> {
    return this.#end(() => {
      this.run(["pg_ctl", "stop", "-m", "immediate", "-D", join(this.folder, "pg15")]);
    });
  }

  stop(): Promise<void> {
    return this.#end((child) => void child.kill("SIGTERM"));
  }

  async #end(how: (child: ChildProcess) => void): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    how(child);
    await ended;
  }
}
