import type { RedisSettings } from "./config.ts";

export interface RedisServer {
  host: string;
  port: number;
  tls: boolean;
  username?: string;
  password?: string;
}

export type RedisMode =
  | { kind: "single"; server: RedisServer }
  | { kind: "cluster"; servers: RedisServer[] }
  | {
      kind: "sentinel";
      sentinels: RedisServer[];
      service: string;
      username?: string;
      password?: string;
    };

const address =
  /^(?:(?<scheme>[a-z][a-z0-9+.-]*):\/\/)?(?:(?<user>[^:@/]*)(?::(?<pass>[^@/]*))?@)?(?<host>\[[^\]]+\]|[^:/]*)(?::(?<port>\d+))?(?<path>\/.*)?$/i;

const decode = (text: string) => decodeURIComponent(text.replaceAll("+", " "));

/** What PHP's parse_url and Predis make of one entry; what is missing becomes 127.0.0.1:6379. */
export function parseServer(entry: string): RedisServer {
  const text = entry.trim();
  const found = address.exec(text);
  if (found?.groups === undefined) {
    throw new Error(
      `Provided server "${entry}" is not a valid URL with format schema://[[username]:password@]host:port[/database]`,
    );
  }
  const { scheme, user, pass, host = "", port } = found.groups;
  // Without scheme and port parse_url takes a lone host name for a path.
  const isPath = scheme === undefined && port === undefined;
  return {
    host: isPath || host === "" ? "127.0.0.1" : host.replace(/^\[|\]$/g, ""),
    port: Number(port ?? 6379),
    tls: scheme === "tls" || scheme === "rediss",
    ...(user ? { username: decode(user) } : {}),
    ...(pass === undefined ? {} : { password: decode(pass) }),
  };
}

/**
 * Two or more entries make the sentinel service count. With one entry Predis gets no list, ignores
 * the replication option and talks to the sentinel as if it were Redis.
 */
export function redisMode(settings: RedisSettings): RedisMode {
  const servers = settings.servers.split(",").map(parseServer);
  const [first] = servers;
  if (servers.length === 1 && first !== undefined) return { kind: "single", server: first };
  if (settings.sentinelService === null) return { kind: "cluster", servers };
  const { username, password } = settings;
  return {
    kind: "sentinel",
    sentinels: servers,
    service: settings.sentinelService,
    // A user without a password is dropped, as Shlink does.
    ...(password === null ? {} : { password, ...(username === null ? {} : { username }) }),
  };
}
