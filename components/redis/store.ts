import type { OutsideStore } from "../../platform/stores.ts";
import type { Settings } from "../../settings/index.ts";

/** The Redis of others as Shlink reaches it; absent: it is the stack's own. */
export function redisStore(redis: Settings["redis"]): OutsideStore | undefined {
  if (redis.mode !== "outside") return undefined;
  const { servers, networks } = redis;
  const nodes = nodesOf(servers);
  // A sentinel answers with the address of a server.
  const further = servers.mode === "sentinel" ? [servers.port] : [];
  return {
    name: "redis",
    hosts: [...new Set(nodes.map(({ host }) => host))],
    ports: [...new Set([...nodes.map(({ port }) => port), ...further])],
    networks,
    encrypted: servers.tls,
    why: "locks, cache",
  };
}

type Servers = Extract<Settings["redis"], { mode: "outside" }>["servers"];

function nodesOf(servers: Servers) {
  if (servers.mode === "single") return [servers];
  return servers.mode === "sentinel" ? servers.sentinels : servers.nodes;
}
