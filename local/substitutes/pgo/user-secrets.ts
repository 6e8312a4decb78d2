import { randomInt } from "node:crypto";
import type { Context } from "./context.ts";
import { clusterNames, controlled, label } from "./names.ts";
import { scramVerifier } from "./scram.ts";
import type { Labels, PostgresCluster, PostgresUser, Secret } from "./types.ts";

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const ascii = `()*+,-./:;<=>?@[]^_{|}${alphanumeric}`;

const decode = (value: string | undefined) => Buffer.from(value ?? "", "base64").toString();
const encode = (value: string) => Buffer.from(value).toString("base64");

/** Users to manage: an absent list means one user and database named like the cluster. */
export function specifiedUsers(cluster: PostgresCluster): PostgresUser[] {
  const { name } = cluster.metadata;
  if (cluster.spec.users !== undefined) return cluster.spec.users;
  const isUserName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name) && name.length <= 63;
  return isUserName ? [{ name, databases: [name] }] : [];
}

function sortKey(secret: Secret): [number, number, string] {
  const created = Date.parse(secret.metadata.creationTimestamp ?? "") || 0;
  return [secret.metadata.name.includes("pguser") ? 1 : 0, -created, secret.metadata.name];
}

function before(a: Secret, b: Secret): number {
  const [aNamed, aCreated, aName] = sortKey(a);
  const [bNamed, bCreated, bName] = sortKey(b);
  if (aNamed !== bNamed) return aNamed - bNamed;
  if (aCreated !== bCreated) return aCreated - bCreated;
  return aName < bName ? -1 : 1;
}

export interface Selection {
  byUser: ReadonlyMap<string, Secret>;
  unwanted: Secret[];
}

/** Labels decide which Secret feeds which user; of several, the last in PGO's order wins. */
export function selectSecrets(
  secrets: Secret[],
  users: PostgresUser[],
  deprecatedName: string,
): Selection {
  const byUser = new Map<string, Secret>();
  const fallback = new Map<string, Secret>();
  const unwanted: Secret[] = [];
  const wanted = new Set(users.map((user) => user.name));
  for (const secret of secrets.toSorted(before)) {
    const user = secret.metadata.labels?.[label.pguser] ?? "";
    if (!wanted.has(user)) unwanted.push(secret);
    else (secret.metadata.name === deprecatedName ? fallback : byUser).set(user, secret);
  }
  for (const [user, secret] of fallback) if (!byUser.has(user)) byUser.set(user, secret);
  return { byUser, unwanted };
}

function newPassword(user: PostgresUser): string {
  const alphabet = user.password?.type === "AlphaNumeric" ? alphanumeric : ascii;
  return Array.from({ length: 24 }, () => alphabet.charAt(randomInt(alphabet.length))).join("");
}

function credentials(user: PostgresUser, existing: Secret | undefined) {
  const kept = decode(existing?.data?.password);
  const password = kept === "" ? newPassword(user) : kept;
  // A new password makes the old verifier worthless; a kept one is never compared with it.
  const verifier = kept === "" ? "" : decode(existing?.data?.verifier);
  return { password, verifier: verifier === "" ? scramVerifier(password) : verifier };
}

const escapeQuery = (text: string) =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");

const escapeUserInfo = (text: string) =>
  escapeQuery(text)
    .replaceAll("+", "%20")
    .replace(/%(24|26|2B|2C|3B|3D)/g, (found) => decodeURIComponent(found));

/** The Secret PGO applies for one user; which keys exist depends on the user's databases. */
export function userSecret(
  cluster: PostgresCluster,
  user: PostgresUser,
  existing: Secret | undefined,
): Secret {
  const names = clusterNames(cluster.metadata.name);
  const host = `${names.primary}.${cluster.metadata.namespace}.svc`;
  const port = String(cluster.spec.port ?? 5432);
  const { password, verifier } = credentials(user, existing);
  const values: Labels = { host, port, user: user.name, password, verifier };
  const database = user.databases?.[0];
  if (database !== undefined) {
    const login = `${escapeUserInfo(user.name)}:${escapeUserInfo(password)}`;
    const query = `password=${escapeQuery(password)}&user=${escapeQuery(user.name)}`;
    values.dbname = database;
    values.uri = `postgresql://${login}@${host}:${port}/${database}`;
    values["jdbc-uri"] = `jdbc:postgresql://${host}:${port}/${database}?${query}`;
  }
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: controlled(cluster, names.userSecret(user.name), {
      [label.role]: "pguser",
      [label.pguser]: user.name,
    }),
    data: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, encode(value)])),
  };
}

export const verifierOf = (secret: Secret) => decode(secret.data?.verifier);

/** A password of PGO's own for one of its parts: made once, then kept. */
export async function ownPassword({ kube, cluster }: Context, name: string) {
  const metadata = controlled(cluster, name);
  const existing = await kube.get<Secret>("Secret", metadata.namespace, name);
  const user: PostgresUser = { name, password: { type: "AlphaNumeric" } };
  const { password, verifier } = credentials(user, existing ?? undefined);
  const data = { password: encode(password), verifier: encode(verifier) };
  const secret: Secret = { apiVersion: "v1", kind: "Secret", metadata, data };
  return { secret, password, verifier };
}
