import dns from "node:dns";

/**
 * Loaded into a program before all else, this lets it find one name that only the cluster's DNS knows, as the hosts file or
 * the company's DNS would: `NAME_OF_THEIRS` says name and address.
 */
const [name, address = ""] = (process.env["NAME_OF_THEIRS"] ?? "").split("=");
const lookup = dns.lookup.bind(dns) as (host: string, ...rest: unknown[]) => void;
dns.lookup = ((host: string, ...rest: unknown[]) =>
  lookup(host === name ? address : host, ...rest)) as typeof dns.lookup;

/** The environment in which every program of Node's knows a name. */
export const knowing = (host: string, at: string) => ({
  NODE_OPTIONS: `--import=${import.meta.filename}`,
  NAME_OF_THEIRS: `${host}=${at}`,
});
