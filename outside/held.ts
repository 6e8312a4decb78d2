import { parseQuantity } from "../platform/quantity.ts";
import type { Ask } from "./api.ts";
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
  /** The name of the template by which Vault's StatefulSet makes the claims. */
  template?: string;
}

/** What the settings say of things that hold data, and that cannot become everything at will. */
export interface Held {
  volumes: Volume[];
  /** Absent: Vault is not this stack's. */
  vault?: { namespace: string; name: string; replicas: number };
  /** Where the passwords are, and in which store of somebody else's Vault. */
  secrets: { mode: "install" | "existing" | "none"; store?: string };
  /** Without a version the stack has no database of its own. */
  postgres: { namespace: string; name: string; version: number | undefined };
}

interface Claim {
  metadata: { name: string };
  spec?: { storageClassName?: string; resources?: { requests?: { storage?: string } } };
}

interface StatefulSet {
  spec?: { replicas?: number; volumeClaimTemplates?: Claim[] };
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
  /** Major version of PostgreSQL. */
  postgresVersion?: number;
  /** Names of the StorageClasses that let a volume grow; none is asked for where none is to grow. */
  expandable: string[];
}

export async function surveyHeld(ask: Ask, { volumes, vault, postgres }: Held): Promise<Holdings> {
  const cluster =
    `/apis/postgres-operator.crunchydata.com/v1beta1/namespaces/${postgres.namespace}` +
    `/postgresclusters/${postgres.name}`;
  const namespaces = [...new Set(volumes.map(({ namespace }) => namespace))];
  const [set, database, ...claims] = await Promise.all([
    vault === undefined ? undefined : ask<StatefulSet>(setPath(vault)),
    ask<{ spec?: { postgresVersion?: number } }>(cluster),
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
    postgresVersion: database.status === 200 ? database.body.spec?.postgresVersion : undefined,
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
export function impossibleChange(held: Held, holdings: Holdings): string | undefined {
  const { pairs, set, postgresVersion, expandable } = holdings;
  const { vault, postgres } = held;
  const servers = set?.spec?.replicas;
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
  if (servers !== undefined && vault !== undefined && servers > vault.replicas)
    return (
      `vault.replicas says ${vault.replicas}, and ${servers} servers vote in Vault's raft, which would lose its majority: let ` +
      "the others leave it first (docs/vault.md, Fewer servers)."
    );
  if (postgresVersion !== undefined && postgres.version === undefined)
    return (
      `database.mode says outside, and PostgresCluster ${postgres.namespace}/${postgres.name} holds the links: take them along ` +
      "first (docs/database.md, From the stack's own to another's)."
    );
  if (postgresVersion !== undefined && postgresVersion !== postgres.version)
    return (
      `database.postgresVersion says ${postgres.version}, and the data is PostgreSQL ${postgresVersion}'s: another major version ` +
      "needs a PGUpgrade first (docs/database.md, Another major version)."
    );
  return undefined;
}

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
