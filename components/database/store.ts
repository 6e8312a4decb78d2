import type { OutsideStore } from "../../platform/stores.ts";
import type { Settings } from "../../settings/index.ts";

/** The database of others as Shlink reaches it, and as the Job that makes Shlink's account does; absent: it is the stack's own. */
export function databaseStores(database: Settings["database"]) {
  if (database.mode !== "outside") return undefined;
  const { host, port, networks, tls, admin } = database;
  const shared = { name: "postgres", networks, encrypted: tls.mode === "verified" } as const;
  const [adminHost, adminPort] = [admin.host ?? host, admin.port ?? port];
  const shlink: OutsideStore = { ...shared, hosts: [host], ports: [port], why: "database" };
  const account: OutsideStore = {
    ...shared,
    hosts: [adminHost],
    ports: [adminPort],
    why: "makes Shlink's account",
  };
  return { shlink, account };
}
