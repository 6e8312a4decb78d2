import type { StorePlace } from "../../platform/flows.ts";
import { namespaceOfHost } from "../../platform/services.ts";
import type { OutsideStore } from "../../platform/stores.ts";
import type { Settings } from "../../settings/index.ts";

type Backups = Extract<Settings["database"], { mode: "crunchy" }>["backups"];

const https = 443;
const publicPlace: StorePlace = { peers: ["internet"], ports: [https] };
const metadataServer = (ports: number[], ...more: string[]): StorePlace => ({
  peers: ["169.254.169.254/32", ...more].map((cidr) => ({ cidr })),
  ports,
});

/** Where the servers and their backups find the store, and who tells it who they are; nowhere with a volume or without backups. */
export function backupPlaces(backups: Backups): StorePlace[] {
  if (backups.mode === "none" || backups.mode === "volume") return [];
  if (backups.mode === "gcs") {
    // GKE's metadata server answers on the node, at another address and port than it is asked at.
    const ports = metadataServer([80, 988], "169.254.169.252/32");
    return [publicPlace, ...(backups.identity.mode === "keys" ? [] : [ports])];
  }
  if (backups.mode === "azure")
    return [publicPlace, ...(backups.identity.mode === "keys" ? [] : [metadataServer([80])])];
  const { identity } = backups;
  const store = s3Place(backups);
  // A role is taken on at STS, whose address is public unless the store's networks have it.
  if (identity.mode === "role") return store === publicPlace ? [store] : [store, publicPlace];
  const agent: StorePlace = { peers: [{ cidr: "169.254.170.23/32" }], ports: [80] };
  return [store, ...(identity.mode === "podIdentity" ? [agent] : [])];
}

function s3Place({ endpoint, port, networks }: Extract<Backups, { mode: "s3" }>): StorePlace {
  const namespace = namespaceOfHost(endpoint);
  if (namespace !== undefined) return { peers: [{ namespace }], ports: [port] };
  if (networks.length > 0) return { peers: networks.map((cidr) => ({ cidr })), ports: [port] };
  return port === https ? publicPlace : { peers: ["internet"], ports: [port] };
}

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
