import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { KeyPair } from "../../../../local/lib/x509.ts";
import { newCertificate } from "../../../support/certificates.ts";
import { hbaLines, parameters, socketFolder } from "../../../../local/substitutes/pgo/settings.ts";
import { psqlCommand } from "../../../../local/substitutes/pgo/sql.ts";

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

/** A database as Patroni would make and start it with PGO's settings, but archiving nothing. */
export class PostgresInstance {
  readonly port: number;
  readonly folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #root: KeyPair;
  readonly #owner = { uid: idOf("-u"), gid: idOf("-g") };
  readonly #lines: string[] = [];
  #process: ChildProcess | undefined;

  constructor({ folder, port, root }: { folder: string; port: number; root: KeyPair }) {
    this.port = port;
    this.folder = folder;
    this.#root = root;
    this.#env = {
      PATH: `${binaries}:/usr/bin:/bin`,
      PGDATA: join(folder, "pg15"),
      PGHOST: join(folder, "socket"),
      PGPORT: String(port),
      LANG: "C.UTF-8",
    };
    const spec = { postgresVersion: 15, instances: [], port };
    const lines = Object.entries(parameters(spec)).map(
      ([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`,
    );
    const local = lines.join("\n").replaceAll("/pgconf/tls", join(folder, "tls"));
    const own = `listen_addresses = 'localhost'\nport = ${port}\n`;
    this.#write(
      "postgresql.conf",
      `${local.replaceAll(socketFolder, join(folder, "socket"))}\n${own}`,
    );
    this.#write("pg_hba.conf", `${hbaLines(spec).join("\n")}\n`);
    this.#write("socket/.keep", "");
  }

  #write(name: string, content: string): void {
    const path = join(this.folder, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, content, { mode: 0o600 });
    for (const owned of [this.folder, join(path, ".."), path]) {
      chownSync(owned, this.#owner.uid, this.#owner.gid);
    }
  }

  async #create(): Promise<void> {
    const { certificate, key } = await newCertificate(this.#root, "localhost");
    this.#write("tls/ca.crt", this.#root.certificate);
    this.#write("tls/tls.crt", certificate);
    this.#write("tls/tls.key", key);
    this.run(["initdb", "--username=postgres", "--encoding=UTF8", "--auth=peer"]);
  }

  async start(): Promise<void> {
    if (!existsSync(join(this.folder, "pg15"))) await this.#create();
    const files = ["config_file=postgresql.conf", "hba_file=pg_hba.conf"].map((file) =>
      file.replace("=", `=${this.folder}/`),
    );
    this.#process = spawn(
      "postgres",
      files.flatMap((file) => ["-c", file]),
      {
        ...this.#owner,
        env: this.#env,
        cwd: this.folder,
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
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

  async stop(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGINT");
    await ended;
  }
}
