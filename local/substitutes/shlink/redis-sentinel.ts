import type { Redis } from "ioredis";
import { connect, connection, type Call } from "./redis-connection.ts";
import type { RedisMode, RedisServer } from "./redis-mode.ts";

/** Predis gives up on a command after twenty more tries, one second apart. */
const retries = 20;
const retryDelay = 1000;

type Mode = Extract<RedisMode, { kind: "sentinel" }>;
type Role = "master" | "replica";

/** The servers as the sentinels know them, one open connection to each role. */
class Servers {
  readonly #mode: Mode;
  readonly #sentinel: Call;
  #open: Partial<Record<Role, Promise<Redis>>> = {};

  constructor(mode: Mode) {
    this.#mode = mode;
    this.#sentinel = connection(
      mode.sentinels,
      (reason) => `No sentinel server available for autodiscovery. (${reason})`,
    );
  }

  /** Forgets who is who: the sentinels are asked again. */
  forget(): void {
    for (const open of Object.values(this.#open)) {
      void open.then((redis) => redis.disconnect()).catch(() => undefined);
    }
    this.#open = {};
  }

  /** Answers with a connection to any replica, or to the master where there is none. */
  of(role: Role): Promise<Redis> {
    return (this.#open[role] ??= this.#connect(role));
  }

  async #connect(role: Role): Promise<Redis> {
    const address = (role === "replica" && (await this.#replica())) || (await this.#master());
    const { username, password } = this.#mode;
    const redis = await connect({ ...address, tls: false, username, password });
    if (role === "master") await requireMaster(redis);
    return redis;
  }

  async #master(): Promise<Pick<RedisServer, "host" | "port">> {
    const { service } = this.#mode;
    const address = await this.#sentinel("SENTINEL", "get-master-addr-by-name", service);
    if (!Array.isArray(address)) throw new Error(`No master is known for "${service}".`);
    return { host: String(address[0]), port: Number(address[1]) };
  }

  async #replica(): Promise<Pick<RedisServer, "host" | "port"> | undefined> {
    const found = await this.#sentinel("SENTINEL", "slaves", this.#mode.service);
    const replicas = (found as string[][]).map(
      (pairs) =>
        new Map(pairs.flatMap((name, at) => (at % 2 === 0 ? [[name, pairs[at + 1]]] : []))),
    );
    const usable = replicas.filter(
      (replica) => !/s_down|o_down|disconnected/.test(replica.get("flags") ?? ""),
    );
    const one = usable[Math.floor(Math.random() * usable.length)];
    return one && { host: one.get("ip") ?? "", port: Number(one.get("port")) };
  }
}

/** Refuses a master that was demoted, which a sentinel may still name for a moment. */
async function requireMaster(redis: Redis): Promise<void> {
  const [role] = (await redis.call("ROLE")) as [string];
  if (role === "master") return;
  redis.disconnect();
  throw new Error("Expected master but got slave");
}

const isAnswer = (error: unknown) =>
  (error as Error).name === "ReplyError" && !/^(READONLY|LOADING)/.test((error as Error).message);

/**
 * Talks to Redis behind sentinels as Predis does: reads go to a replica, and a command that a
 * server does not take is tried again until the sentinels know a better one. PHP waits meanwhile.
 */
export function sentinelClient(
  mode: Mode,
  wait: (milliseconds: number) => Promise<unknown>,
): { read: Call; call: Call } {
  const servers = new Servers(mode);
  const send =
    (role: Role): Call =>
    async (command, ...args) => {
      for (let tries = 0; ; tries++) {
        try {
          return await (await servers.of(role)).call(command, ...args);
        } catch (error) {
          if (isAnswer(error) || tries === retries) throw error;
          servers.forget();
        }
        await wait(retryDelay);
      }
    };
  return { read: send("replica"), call: send("master") };
}
