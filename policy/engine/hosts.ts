/** Says how much of the world a host name stands for. */

export type HostScope =
  "exact" | "all" | "namespace-all" | "public-suffix" | "subdomain" | "empty" | "invalid";

/** Second-level labels under which registries sell names, as in co.uk or com.au. */
const SECOND_LEVEL = new Set(
  "ac co com edu firm gen go gob gouv gov govt gub id ind ltd me mil ne net nhs nic nom or org plc police sch web".split(
    " ",
  ),
);

/** Suffixes below which strangers get names of their own. */
const SHARED = new Set(
  (
    "appspot.com amazonaws.com azurewebsites.net cloudapp.net cloudfront.net github.io gitlab.io " +
    "herokuapp.com netlify.app nip.io pages.dev run.app sslip.io vercel.app web.app workers.dev xip.io"
  ).split(" "),
);

/** @param suffix what follows "*." */
function isPublicSuffix(suffix: string) {
  const labels = suffix.split(".");
  if (labels.length === 1) return true;
  if (SHARED.has(suffix)) return true;
  const [second, top] = labels;
  return labels.length === 2 && top?.length === 2 && SECOND_LEVEL.has(second ?? "");
}

/** Blanks, quotes that templating left over, letter case and a trailing dot change nothing. */
export function normaliseHost(host: string) {
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
  if (name.startsWith("*.")) return scopeOfSuffix(name.slice(2));
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
