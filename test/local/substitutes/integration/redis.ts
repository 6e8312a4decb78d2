import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { freePort } from "./postgres.ts";

/** The reason why Redis cannot be run here, or null. */
export function whyNoRedis(): string | null {
  try {
    execFileSync("redis-server", ["--version"], { stdio: "pipe" });
    return null;
  } catch {
    return "redis-server is not on PATH";
  }
}

interface Node {
  port: number;
  process: ChildProcess;
}

async function start(folder: string, config: string[], ...flags: string[]): Promise<Node> {
  const port = await freePort();
  const own = join(folder, String(port));
  mkdirSync(own, { recursive: true });
  const file = join(own, "redis.conf");
  const lines = [`port ${port}`, "bind 127.0.0.1", `dir ${own}`, ...config];
  writeFileSync(file, `${lines.join("\n")}\n`);
  const child = spawn("redis-server", [file, ...flags], { stdio: "ignore" });
  return { port, process: child };
}

/** One master, one replica, both with a password, and a sentinel without one. */
export class RedisSet {
  readonly password = "s3cr:et@pw";
  readonly #nodes: Node[];
  readonly sentinelPort: number;

  private constructor(nodes: Node[]) {
    this.#nodes = nodes;
    this.sentinelPort = nodes[2]?.port ?? 0;
  }

  static async start(folder: string): Promise<RedisSet> {
    const auth = ['requirepass "s3cr:et@pw"', 'masterauth "s3cr:et@pw"', 'save ""'];
    const master = await start(folder, auth);
    const replica = await start(folder, [...auth, `replicaof 127.0.0.1 ${master.port}`]);
    const sentinel = await start(
      folder,
      [
        `sentinel monitor mymaster 127.0.0.1 ${master.port} 1`,
        'sentinel auth-pass mymaster "s3cr:et@pw"',
        "sentinel down-after-milliseconds mymaster 1000",
        "sentinel failover-timeout mymaster 3000",
      ],
      "--sentinel",
    );
    const set = new RedisSet([master, replica, sentinel]);
    await set.#settle();
    return set;
  }

  get ports(): number[] {
    return this.#nodes.slice(0, 2).map(({ port }) => port);
  }

  async #settle(): Promise<void> {
    const sentinel = new Redis({ port: this.sentinelPort, maxRetriesPerRequest: null });
    sentinel.on("error", () => undefined);
    for (let tries = 0; tries < 100; tries++) {
      const known = String(await sentinel.call("INFO", "sentinel"));
      if (known.includes("status=ok") && known.includes("slaves=1")) break;
      await sleep(200);
    }
    sentinel.disconnect();
  }

  async master(): Promise<Redis> {
    const sentinel = new Redis({ port: this.sentinelPort });
    const [, port] = (await sentinel.call("SENTINEL", "get-master-addr-by-name", "mymaster")) as [
      string,
      string,
    ];
    sentinel.disconnect();
    return new Redis({ port: Number(port), password: this.password });
  }

  /** Kills the first master without a word. */
  killMaster(): void {
    this.#nodes[0]?.process.kill("SIGKILL");
  }

  /** Kills whatever still stores something; the sentinel stays. */
  killAll(): void {
    for (const { process: child } of this.#nodes.slice(0, 2)) child.kill("SIGKILL");
  }

  /** How often each server was sent this command. */
  calls(command: string): Promise<number[]> {
    return Promise.all(
      this.ports.map(async (port) => {
        const redis = new Redis({ port, password: this.password });
        const statistics = String(await redis.info("commandstats"));
        redis.disconnect();
        return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(statistics)?.[1] ?? 0);
      }),
    );
  }

  async stop(): Promise<void> {
    for (const { process: child } of this.#nodes) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    }
  }
}
