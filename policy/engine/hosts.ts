/** Says how much of the world a host name stands for. */

import { createRequire } from "node:module";
import type * as Tldts from "tldts";

export type HostScope =
  "exact" | "all" | "namespace-all" | "public-suffix" | "subdomain" | "empty" | "invalid";

/** Names that strangers share although the public suffix list does not have them. */
const SHARED = new Set(["amazonaws.com", "nip.io", "sslip.io", "traefik.me", "xip.io"]);

let tldts: typeof Tldts | undefined;

/**
 * Few stacks have wildcards, so the public suffix list is loaded for the first one.
 *
 * @param suffix what follows "*."
 */
function isPublicSuffix(suffix: string): boolean {
  tldts ??= createRequire(import.meta.url)("tldts") as typeof Tldts;
  const options = { allowPrivateDomains: true, extractHostname: false };
  return SHARED.has(suffix) || tldts.getPublicSuffix(suffix, options) === suffix;
}

/** Blanks, quotes that templating left over, letter case and a trailing dot change nothing. */
function normaliseHost(host: string) {
  const bare = host
    .normalize("NFKC")
    .trim()
    .replace(/^["'\s]+|["'\s]+$/g, "");
  return bare.toLowerCase().replace(/\.+$/, "");
}

/** @param name a normalised host without namespace */
function scopeOfName(name: string): HostScope {
  if (name === "") return "empty";
  if (name === "*" || name === "*:*" || /^\*:\d+$/.test(name)) return "all";
  const wildcard = /^\*(?:-[^.*]+)?\.(?<suffix>.*)$/.exec(name);
  if (wildcard !== null) return scopeOfSuffix(wildcard.groups?.["suffix"] ?? "");
  if (name.includes("*") || /[\s,{}$]/.test(name)) return "invalid";
  return "exact";
}

function scopeOfSuffix(suffix: string): HostScope {
  if (/^[*.]*$/.test(suffix)) return "all";
  if (suffix.includes("*")) return "invalid";
  return isPublicSuffix(suffix) ? "public-suffix" : "subdomain";
}

/** @param host as Istio, Ingress or Gateway API write it, with or without "namespace/" */
export function hostScope(host: unknown): HostScope {
  if (typeof host !== "string") return "invalid";
  const whole = normaliseHost(host);
  const slash = whole.indexOf("/");
  if (slash < 0) return scopeOfName(whole);
  const scope = scopeOfName(normaliseHost(whole.slice(slash + 1)));
  const namespace = whole.slice(0, slash).trim();
  return scope === "all" && namespace !== "*" ? "namespace-all" : scope;
}
