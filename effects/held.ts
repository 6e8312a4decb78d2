import { type Ask, metadataOfOne } from "./api.ts";
import { pgoKey } from "../platform/workloads.ts";
import { otherSeal } from "./seal.ts";
import { storageClassesPath } from "./survey.ts";
import {
  type Claim,
  claimsPath,
  grows,
  type Pair,
  placeOf,
  setPath,
  shrinks,
  sizeOf,
  type StatefulSet,
  templatesOf,
  type Volume,
} from "./volumes.ts";

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

interface PostgresCluster {
  metadata?: { annotations?: Record<string, string> };
  spec?: { postgresVersion?: number; backups?: { pgbackrest?: { repos?: object[] } } };
}

/** What is there of it; what the account may not see is not there. */
export interface Holdings {
  pairs: Pair[];
  /** Vault's StatefulSet. */
  set?: StatefulSet;
  /** Vault's own configuration, once it has data. */
  vaultConfig?: string;
  /** Whether one of Vault's servers leads, by what it says of itself in its pod's labels; asked only where some are to leave. */
  vaultLeads: boolean;
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
    vaultLeads: vault !== undefined && isLeft(vault, vaultConfig) && (await hasLeader(ask, vault)),
    database: database.status === 200 ? database.body : undefined,
    expandable: classes
      .filter(({ allowVolumeExpansion }) => allowVolumeExpansion === true)
      .map(({ metadata }) => metadata.name),
  };
}

/** Whether servers vote that are not wanted any more. */
const isLeft = ({ replicas }: NonNullable<Held["vault"]>, config: string | undefined) =>
  config !== undefined && votersOf(config) > replicas;

interface Class {
  metadata: { name: string };
  allowVolumeExpansion?: boolean;
}

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

interface Pod {
  metadata: { labels?: Record<string, string> };
}

/** A server that leads labels its own pod so; OpenBao does as well. */
const leads = ({ metadata: { labels = {} } }: Pod) =>
  ["vault-active", "openbao-active"].some((name) => labels[name] === "true");

async function hasLeader(ask: Ask, { namespace }: NonNullable<Held["vault"]>): Promise<boolean> {
  return (await listed<Pod>(ask, `/api/v1/namespaces/${namespace}/pods`)).some(leads);
}

async function listed<T>(ask: Ask, path: string): Promise<T[]> {
  const { status, body } = await ask<{ items?: T[] | null }>(path);
  return status === 200 ? (body.items ?? []) : [];
}

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

function impossibleVault({ vault, volumes }: Held, holdings: Holdings): string | undefined {
  if (vault === undefined) return undefined;
  const { set, vaultConfig } = holdings;
  const audited = volumes.some(({ template }) => template === auditVolume);
  if (audited && set !== undefined && !templatesOf(set).has(auditVolume))
    return (
      `vault.audit.mode says file, and StatefulSet ${vault.namespace}/${vault.name} has no volume for the log, which pods that ` +
      "run never get: make the set anew first (docs/vault.md, Audit log)."
    );
  const other = vaultConfig === undefined ? undefined : otherSeal(vaultConfig, vault.seal);
  return (
    impossibleServers(vault, holdings) ??
    (other &&
      `vault.seal says ${other.wanted}, and Vault's data is sealed by ${other.has}: no server that starts anew could read it; ` +
        "write what it has, or move the seal first (docs/vault.md, Another seal).")
  );
}

const auditVolume = "audit";

/** How many servers vote by Vault's configuration: each of several joins all of them by name, and a single one joins nobody. */
const votersOf = (config: string) => Math.max(1, config.match(/leader_api_addr/g)?.length ?? 0);

function impossibleServers(
  { replicas, namespace, name }: NonNullable<Held["vault"]>,
  { set, vaultConfig, vaultLeads, pairs }: Holdings,
): string | undefined {
  const says = `vault.replicas says ${replicas}, and`;
  const read = "(docs/vault.md, Fewer servers).";
  const servers = set?.spec?.replicas;
  if (servers !== undefined && servers > replicas)
    return (
      `${says} ${servers} servers vote in Vault's raft, which would lose its majority: let ` +
      `the others leave it first ${read}`
    );
  if (vaultConfig === undefined) return undefined;
  const voters = votersOf(vaultConfig);
  if (voters > replicas && !vaultLeads)
    return (
      `${says} no server of Vault leads: those that were switched off still vote in its raft. Scale StatefulSet ` +
      `${namespace}/${name} to ${voters} again, and let the others leave it first ${read}`
    );
  const left = pairs.find(
    ({ volume, claim }) =>
      volume.template === "data" && isBetween(numberOf(claim), voters, replicas),
  );
  return (
    left &&
    `${says} claim ${placeOf(left)} has what a server knew that has left Vault's raft, which would not let it in again: delete ` +
      `the claims of those that left first ${read}`
  );
}

const numberOf = ({ metadata }: Claim) => Number(metadata.name.split("-").at(-1));
const isBetween = (number: number, first: number, end: number) => number >= first && number < end;

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
