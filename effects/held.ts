import { parseQuantity } from "../platform/quantity.ts";
import { type Ask, metadataOfOne } from "./api.ts";
import { pgoKey } from "../platform/workloads.ts";
import { otherSeal } from "./seal.ts";
import { storageClassesPath } from "./survey.ts";
import { Refusal } from "../platform/refusal.ts";

/** Volumes whose size a setting decides. */
interface Volume {
  setting: string;
  namespace: string;
  /** Matches the names of their claims. */
  claims: RegExp;
  /** What each of them is to have. */
  size: string;
  /** The StorageClass of the claims, and the setting that names it. */
  storageClass: { name: string; setting: string };
  /** The name of the template by which Vault's StatefulSet makes the claims. */
  template?: string;
}

/** What the settings say of things that hold data, and that cannot become everything at will. */
export interface Held {
  volumes: Volume[];
  /** Absent: Vault is not this stack's. */
  vault?: {
    namespace: string;
    name: string;
    replicas: number;
    /** The stanza of its configuration. */
    seal: string;
    /** Names of the Secrets of which one is there once Vault has data. */
    keys: string[];
  };
  /** Where the passwords are, in which store of somebody else's Vault, and the place of the Secret that Shlink's pods read. */
  secrets: { mode: "install" | "existing" | "none"; store?: string; copies: string };
  /** Without a version the stack has no database of its own. `backups` is where its copies are kept. */
  postgres: { namespace: string; name: string; version: number | undefined; backups: string };
}

interface Claim {
  metadata: { name: string };
  spec?: { storageClassName?: string; resources?: { requests?: { storage?: string } } };
}

interface StatefulSet {
  spec?: { replicas?: number; volumeClaimTemplates?: Claim[] };
}

interface PostgresCluster {
  metadata?: { annotations?: Record<string, string> };
  spec?: { postgresVersion?: number; backups?: { pgbackrest?: { repos?: object[] } } };
}

/** A claim that is there, with the volume that it is to become. */
interface Pair {
  volume: Volume;
  claim: Claim;
}

/** What is there of it; what the account may not see is not there. */
export interface Holdings {
  pairs: Pair[];
  /** Vault's StatefulSet. */
  set?: StatefulSet;
  /** Vault's own configuration, once it has data. */
  vaultConfig?: string;
  database?: PostgresCluster;
  /** Names of the StorageClasses that let a volume grow; none is asked for where none is to grow. */
  expandable: string[];
}

export async function surveyHeld(ask: Ask, { volumes, vault, postgres }: Held): Promise<Holdings> {
  const cluster =
    `/apis/postgres-operator.crunchydata.com/v1beta1/namespaces/${postgres.namespace}` +
    `/postgresclusters/${postgres.name}`;
  const namespaces = [...new Set(volumes.map(({ namespace }) => namespace))];
  const [set, vaultConfig, database, ...claims] = await Promise.all([
    vault === undefined ? undefined : ask<StatefulSet>(setPath(vault)),
    vault === undefined ? undefined : configOf(ask, vault),
    ask<PostgresCluster>(cluster),
    ...namespaces.map((namespace) => listed<Claim>(ask, claimsPath(namespace))),
  ]);
  const pairs = volumes.flatMap((volume) =>
    (claims[namespaces.indexOf(volume.namespace)] ?? [])
      .filter(({ metadata }) => volume.claims.test(metadata.name))
      .map((claim) => ({ volume, claim })),
  );
  const classes = pairs.some(grows) ? await listed<Class>(ask, storageClassesPath) : [];
  return {
    pairs,
    set: set?.status === 200 ? set.body : undefined,
    vaultConfig,
    database: database.status === 200 ? database.body : undefined,
    expandable: classes
      .filter(({ allowVolumeExpansion }) => allowVolumeExpansion === true)
      .map(({ metadata }) => metadata.name),
  };
}

interface Class {
  metadata: { name: string };
  allowVolumeExpansion?: boolean;
}

const claimsPath = (namespace: string) => `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
const setPath = ({ namespace, name }: NonNullable<Held["vault"]>) =>
  `/apis/apps/v1/namespaces/${namespace}/statefulsets/${name}`;

/** What the chart names after the release. Without its keys Vault has no data: its seal may still be corrected. */
async function configOf(ask: Ask, vault: NonNullable<Held["vault"]>): Promise<string | undefined> {
  const of = (kind: string, name: string) =>
    `/api/v1/namespaces/${vault.namespace}/${kind}/${name}`;
  const [config, ...keys] = await Promise.all([
    ask<{ data?: Record<string, string> }>(of("configmaps", `${vault.name}-config`)),
    ...vault.keys.map((name) => ask(of("secrets", name), { accept: metadataOfOne })),
  ]);
  if (config.status !== 200 || !keys.some(({ status }) => status === 200)) return undefined;
  return Object.values(config.body.data ?? {}).join("\n");
}

async function listed<T>(ask: Ask, path: string): Promise<T[]> {
  const { status, body } = await ask<{ items?: T[] | null }>(path);
  return status === 200 ? (body.items ?? []) : [];
}

const sizeOf = ({ spec }: Claim) => spec?.resources?.requests?.storage ?? "0";
const grows = ({ volume, claim }: Pair) =>
  parseQuantity(sizeOf(claim)) < parseQuantity(volume.size);
const shrinks = ({ volume, claim }: Pair) =>
  parseQuantity(sizeOf(claim)) > parseQuantity(volume.size);

/** Names the first setting in one sentence that what holds data cannot follow; undefined where there is none. */
export const impossibleChange = (held: Held, holdings: Holdings): string | undefined =>
  impossibleVolume(held, holdings) ??
  impossibleVault(held, holdings) ??
  impossibleDatabase(held, holdings);

function impossibleVolume({ volumes }: Held, { pairs, expandable }: Holdings): string | undefined {
  const smaller = pairs.find(shrinks);
  if (smaller !== undefined)
    return (
      `${smaller.volume.setting} says ${smaller.volume.size}, and claim ${placeOf(smaller)} has ${sizeOf(smaller.claim)} ` +
      "already: a volume never shrinks; write what it has, or more."
    );
  const stuck = pairs.find(
    (pair) => grows(pair) && !expandable.includes(pair.claim.spec?.storageClassName ?? ""),
  );
  if (stuck !== undefined)
    return (
      `${stuck.volume.setting} says ${stuck.volume.size}, and claim ${placeOf(stuck)} cannot grow from ${sizeOf(stuck.claim)}: ` +
      `its StorageClass ${stuck.claim.spec?.storageClassName} lets no volume grow (allowVolumeExpansion).`
    );
  const [other] = volumes.flatMap((volume) => ofOtherClass(volume, pairs));
  if (other === undefined) return undefined;
  const { name, setting } = other.volume.storageClass;
  return (
    `${setting} says ${name}, and claim ${placeOf(other)} has StorageClass ${other.claim.spec?.storageClassName}: a volume never ` +
    "changes its class, and another one would be empty; write what it has."
  );
}

/** The claims of a volume where none has the class: who moves the data by hand does it one by one. */
function ofOtherClass(volume: Volume, pairs: Pair[]): Pair[] {
  const own = pairs.filter((pair) => pair.volume === volume);
  const classes = own.map(({ claim }) => claim.spec?.storageClassName);
  return classes.includes(volume.storageClass.name) || classes.includes(undefined) ? [] : own;
}

function impossibleVault({ vault }: Held, { set, vaultConfig }: Holdings): string | undefined {
  if (vault === undefined) return undefined;
  const servers = set?.spec?.replicas;
  if (servers !== undefined && servers > vault.replicas)
    return (
      `vault.replicas says ${vault.replicas}, and ${servers} servers vote in Vault's raft, which would lose its majority: let ` +
      "the others leave it first (docs/vault.md, Fewer servers)."
    );
  const other = vaultConfig === undefined ? undefined : otherSeal(vaultConfig, vault.seal);
  return (
    other &&
    `vault.seal says ${other.wanted}, and Vault's data is sealed by ${other.has}: no server that starts anew could read it; ` +
      "write what it has, or move the seal first (docs/vault.md, Another seal)."
  );
}

function impossibleDatabase({ postgres }: Held, { database }: Holdings): string | undefined {
  const place = `PostgresCluster ${postgres.namespace}/${postgres.name}`;
  const version = database?.spec?.postgresVersion;
  if (version === undefined) return undefined;
  if (postgres.version === undefined)
    return (
      `database.mode says outside, and ${place} holds the links: take them along ` +
      "first (docs/database.md, From the stack's own to another's)."
    );
  if (version !== postgres.version)
    return (
      `database.postgresVersion says ${postgres.version}, and the data is PostgreSQL ${version}'s: another major version ` +
      "needs a PGUpgrade first (docs/database.md, Another major version)."
    );
  return lostBackups(postgres.backups, place, database);
}

/** A volume that PGO would delete without a question, or the question that it would wait for. */
function lostBackups(mode: string, place: string, database?: PostgresCluster): string | undefined {
  const [repository] = database?.spec?.backups?.pgbackrest?.repos ?? [];
  const agreed = database?.metadata?.annotations?.[authorizeRemoval] === "true";
  if (repository === undefined || agreed) return undefined;
  const agree = `agree to that by its annotation ${authorizeRemoval}=true, or write what it has`;
  if ("volume" in repository && mode !== "volume")
    return (
      `database.backups.mode says ${mode}, and PGO would delete the volume with every backup of ${place} so far: ${agree} ` +
      "(docs/database.md, Backups)."
    );
  if (mode !== "none") return undefined;
  return (
    `database.backups.mode says none, and until somebody has agreed PGO would do nothing more for ${place}, which has backups: ` +
    `${agree} (docs/database.md, Backups).`
  );
}

const authorizeRemoval = pgoKey("authorizeBackupRemoval");

const placeOf = ({ volume, claim }: Pair) => `${volume.namespace}/${claim.metadata.name}`;

/**
 * Lets the volumes of Vault's servers grow: Kubernetes never changes a StatefulSet's templates, so the claims grow first, then
 * the set goes without its pods, and Helm makes it anew. The pods run on, and the new set adopts them.
 */
export async function growVolumes(
  ask: Ask,
  held: Held,
  { pairs, set }: Holdings,
  report: (line: string) => void,
): Promise<void> {
  const sizes = new Map(
    (set?.spec?.volumeClaimTemplates ?? []).map((one) => [one.metadata.name, sizeOf(one)]),
  );
  const growing = held.volumes.filter(({ template = "", size }) => {
    const has = sizes.get(template);
    return has !== undefined && parseQuantity(has) < parseQuantity(size);
  });
  if (growing.length === 0) return;
  const small = pairs.filter((pair) => growing.includes(pair.volume) && grows(pair));
  for (const pair of small) {
    const { volume, claim } = pair;
    const body = { spec: { resources: { requests: { storage: volume.size } } } };
    const path = `${claimsPath(volume.namespace)}/${claim.metadata.name}`;
    await change(ask, path, { method: "PATCH", body });
    report(`Claim ${placeOf(pair)} grows to ${volume.size}`);
  }
  const { vault } = held;
  if (vault === undefined) return;
  await change(ask, `${setPath(vault)}?propagationPolicy=Orphan`, { method: "DELETE" });
  report(`StatefulSet ${vault.namespace}/${vault.name} is made anew around its pods`);
}

async function change(ask: Ask, path: string, request: Parameters<Ask>[1]): Promise<void> {
  const { status, body } = await ask(path, request);
  if (status < 300 || status === 404) return;
  throw new Refusal(`${path} cannot be changed: ${body.message}.`);
}
