import type { Ask } from "./api.ts";
import { parseQuantity } from "../platform/quantity.ts";
import { Refusal } from "../platform/refusal.ts";

/** Volumes whose size a setting decides. */
export interface Volume {
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

export interface Claim {
  metadata: { name: string };
  spec?: { storageClassName?: string; resources?: { requests?: { storage?: string } } };
}

export interface StatefulSet {
  spec?: { replicas?: number; volumeClaimTemplates?: Claim[] };
}

/** A claim that is there, with the volume that it is to become. */
export interface Pair {
  volume: Volume;
  claim: Claim;
}

export const sizeOf = ({ spec }: Claim) => spec?.resources?.requests?.storage ?? "0";
export const grows = ({ volume, claim }: Pair) =>
  parseQuantity(sizeOf(claim)) < parseQuantity(volume.size);
export const shrinks = ({ volume, claim }: Pair) =>
  parseQuantity(sizeOf(claim)) > parseQuantity(volume.size);

export const placeOf = ({ volume, claim }: Pair) => `${volume.namespace}/${claim.metadata.name}`;

/** The sizes in a set's templates, by their names. */
export const templatesOf = (set: StatefulSet | undefined) =>
  new Map((set?.spec?.volumeClaimTemplates ?? []).map((one) => [one.metadata.name, sizeOf(one)]));

export const claimsPath = (namespace: string) =>
  `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
export const setPath = ({ namespace, name }: Servers) =>
  `/apis/apps/v1/namespaces/${namespace}/statefulsets/${name}`;

/** Where Vault's StatefulSet is. */
interface Servers {
  namespace: string;
  name: string;
}

/** What the settings want of volumes. */
interface Wanted {
  volumes: Volume[];
  vault?: Servers;
}

/** Which of them are there. */
interface There {
  pairs: Pair[];
  set?: StatefulSet | undefined;
}

/**
 * Lets the volumes of Vault's servers grow, and one that nobody wants any more go out of their template: Kubernetes never changes a
 * StatefulSet's templates, so the claims grow first, then the set goes without its pods, and Helm makes it anew. The pods run on,
 * and the new set adopts them.
 */
export async function changeVolumes(
  ask: Ask,
  { volumes, vault }: Wanted,
  { pairs, set }: There,
  report: (line: string) => void,
): Promise<void> {
  if (vault === undefined) return;
  const sizes = templatesOf(set);
  const growing = volumes.filter(({ template = "", size }) => {
    const has = sizes.get(template);
    return has !== undefined && parseQuantity(has) < parseQuantity(size);
  });
  const wanted = volumes.map(({ template }) => template);
  const needless = [...sizes.keys()].filter((template) => !wanted.includes(template));
  if (growing.length + needless.length === 0) return;
  for (const pair of pairs.filter((one) => growing.includes(one.volume) && grows(one)))
    await grow(ask, pair, report);
  await change(ask, `${setPath(vault)}?propagationPolicy=Orphan`, { method: "DELETE" });
  report(`StatefulSet ${vault.namespace}/${vault.name} is made anew around its pods`);
  for (const template of needless)
    report(
      `Claims ${vault.namespace}/${template}-${vault.name}-N stay; delete them when nobody wants what they hold`,
    );
}

async function grow(ask: Ask, pair: Pair, report: (line: string) => void): Promise<void> {
  const { volume, claim } = pair;
  const body = { spec: { resources: { requests: { storage: volume.size } } } };
  const path = `${claimsPath(volume.namespace)}/${claim.metadata.name}`;
  await change(ask, path, { method: "PATCH", body });
  report(`Claim ${placeOf(pair)} grows to ${volume.size}`);
}

async function change(ask: Ask, path: string, request: Parameters<Ask>[1]): Promise<void> {
  const { status, body } = await ask(path, request);
  if (status < 300 || status === 404) return;
  throw new Refusal(`${path} cannot be changed: ${body.message}.`);
}
