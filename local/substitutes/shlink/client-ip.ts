import { isIP, isIPv4 } from "node:net";
import { splitByComma, type EnvValue } from "./env.ts";

export type Headers = Record<string, string | string[] | undefined>;

// In this order, and only the first that is there counts.
const inspected = [
  "cf-connecting-ip",
  "x-forwarded-for",
  "x-forwarded",
  "forwarded",
  "true-client-ip",
  "x-real-ip",
  "x-cluster-client-ip",
  "client-ip",
];

function withoutPort(address: string): string {
  const parts = address.split(":");
  if (parts.length === 2 && isIPv4(parts[0] ?? "")) return parts[0] ?? "";
  const bare = address.replace(/^["']+|["']+$/g, "");
  return /^\[(.*?)\](?::\d+)?$/.exec(bare)?.[1] ?? (parts.length > 2 ? bare : address);
}

const asNumber = (address: string) =>
  address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

function isInRange(address: string, cidr: string): boolean {
  const [subnet = "", bits = "32"] = cidr.split("/");
  if (!isIPv4(address) || !isIPv4(subnet)) return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(asNumber(address) / size) === Math.floor(asNumber(subnet) / size);
}

/** Whether an address is this one, in this block or fits this pattern. */
export function addressMatches(address: string, pattern: string): boolean {
  if (pattern.includes("*")) {
    const separator = pattern.includes(".") ? "." : ":";
    const parts = address.split(separator);
    const wanted = pattern.split(separator);
    const same = (part: string, index: number) => part === "*" || part === parts[index];
    return wanted.length === parts.length && wanted.every(same);
  }
  return pattern.includes("/") ? isInRange(address, pattern) : pattern === address;
}

function forwardedList(name: string, value: string): string[] {
  if (name !== "forwarded") return value.split(",");
  return [...value.matchAll(/for=([^,;]+)/gi)].map((match) => match[1] ?? "");
}

/** The visitor's address as Shlink 4.6 finds it; a number in TRUSTED_PROXIES is a count of hops. */
export function clientIp(
  peer: string | undefined,
  headers: Headers,
  trustedProxies: EnvValue,
): string | null {
  const remote = withoutPort((peer ?? "").replace(/^::ffff:/, ""));
  if (isIP(remote) === 0) return null;
  const line = (name: string) => {
    const value = headers[name];
    return typeof value === "string" ? value : (value ?? []).join(", ");
  };
  const name = inspected.find((header) => !["", "0"].includes(line(header)));
  if (name === undefined) return remote;
  const hops = typeof trustedProxies === "number" ? trustedProxies : 0;
  const given = hops > 0 ? [] : splitByComma(trustedProxies);
  const trusted = given.length > 0 ? given : [remote];
  // Without TRUSTED_PROXIES Shlink 4 turns the list round, so that the leftmost address wins.
  const listed = forwardedList(name, line(name));
  const reversed = trustedProxies === null && name === "x-forwarded-for";
  const order = reversed ? listed.toReversed() : listed;
  const addresses = [...order, remote].map((address) => withoutPort(address.trim()));
  if (addresses.some((address) => isIP(address) === 0)) return remote;
  const found = addresses
    .toReversed()
    .find(
      (address, index) => !trusted.some((proxy) => addressMatches(address, proxy)) && index >= hops,
    );
  return found ?? remote;
}
