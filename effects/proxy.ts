import { BlockList, isIP } from "node:net";

type Environment = Record<string, string | undefined>;

/**
 * The proxy through which a server is reached as kubectl and Pulumi's providers, which are written in Go, would: by
 * `HTTPS_PROXY` or `HTTP_PROXY`, unless `NO_PROXY` names the server. Loopback addresses are never asked for there.
 */
export function proxyFor(server: string, environment: Environment): string | undefined {
  if (!URL.canParse(server)) return undefined;
  const { protocol, hostname, port } = new URL(server);
  const name = protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const proxy = valueOf(environment, name);
  const host = hostname.replace(/^\[|\]$/g, "");
  if (proxy === undefined || isLoopback(host)) return undefined;
  const exceptions = (valueOf(environment, "NO_PROXY") ?? "").split(",").map((one) => one.trim());
  const at = { host, port: port === "" ? (protocol === "https:" ? "443" : "80") : port };
  if (exceptions.some((exception) => covers(exception.toLowerCase(), at))) return undefined;
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

const valueOf = (environment: Environment, name: string): string | undefined =>
  [environment[name], environment[name.toLowerCase()]].find((value) => value);

const isLoopback = (host: string) =>
  host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));

/** An exception is `*`, a network, an address or a name with all below it; the last two may have a port. */
function covers(exception: string, { host, port }: { host: string; port: string }): boolean {
  if (exception === "*") return true;
  if (exception.includes("/")) return inNetwork(exception, host);
  // A bare IPv6 address has colons of its own.
  if (isIP(exception) === 6) return exception === host;
  const [, name = "", onPort = port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(exception) ?? [];
  if (name === "" || onPort !== port) return false;
  if (isIP(host) !== 0) return name === host;
  const domain = name.replace(/^\*/, "");
  if (domain.startsWith(".")) return host.endsWith(domain);
  return host === domain || host.endsWith(`.${domain}`);
}

function inNetwork(network: string, host: string): boolean {
  const [address = "", bits = ""] = network.split("/");
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  if (isIP(address) === 0 || isIP(host) !== isIP(address) || !/^\d{1,3}$/.test(bits)) return false;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family);
  return list.check(host, family);
}
