import type { Context } from "./context.ts";
import { autoCreateUserSchema, clusterNames, label } from "./names.ts";
import { warn } from "./events.ts";
import {
  auditSql,
  databasesSql,
  forEachDatabase,
  psqlCommand,
  sqlRevision,
  usersSql,
} from "./sql.ts";
import type { KubeObject, Pod, PostgresUser, Secret } from "./types.ts";
import { selectSecrets, specifiedUsers, userSecret, verifierOf } from "./user-secrets.ts";

export async function reconcileDatabases(context: Context, primary: Pod | null): Promise<void> {
  const { exec, cluster, status } = context;
  if (primary === null) return;
  const users = specifiedUsers(cluster);
  const databases = [...new Set(users.flatMap((user) => user.databases ?? []))].toSorted();
  const sql = databasesSql(databases);
  const revision = sqlRevision(sql);
  if (status.databaseRevision === revision) return;
  await exec(primary.metadata, psqlCommand, sql);
  try {
    await exec(primary.metadata, forEachDatabase(psqlCommand.join(" ")), auditSql);
  } catch (error) {
    // Tried again at the next pass: the library may be loaded by then.
    await warn(
      context,
      "PGAuditDisabled",
      `Unable to install pgAudit: ${(error as Error).message}`,
    );
    return;
  }
  status.databaseRevision = revision;
}

async function applyUserSecrets(
  { kube, cluster }: Context,
  users: PostgresUser[],
): Promise<ReadonlyMap<string, string>> {
  const { name, namespace, uid } = cluster.metadata;
  const secrets = await kube.list<Secret>("Secret", namespace, {
    [label.cluster]: name,
    [label.role]: "pguser",
  });
  const { byUser, unwanted } = selectSecrets(
    secrets,
    users,
    clusterNames(name).deprecatedUserSecret,
  );
  for (const secret of unwanted) {
    const owners = secret.metadata.ownerReferences ?? [];
    const isOurs = owners.some((owner) => owner.controller === true && owner.uid === uid);
    if (isOurs) await kube.remove(secret);
  }
  const verifiers = new Map<string, string>();
  for (const user of users) {
    const secret = userSecret(cluster, user, byUser.get(user.name));
    await kube.apply(secret);
    verifiers.set(user.name, verifierOf(secret));
  }
  return verifiers;
}

/** Secrets first; the SQL only when its hash is new, so a password without verifier changes nothing. */
export async function reconcileUsers(context: Context, primary: Pod | null): Promise<void> {
  const { exec, cluster, status } = context;
  const users = specifiedUsers(cluster);
  const verifiers = await applyUserSecrets(context, users);
  if (primary === null) return;
  const annotation = cluster.metadata.annotations?.[autoCreateUserSchema];
  const sql = usersSql(users, verifiers, annotation?.toLowerCase() === "true");
  const revision = sqlRevision(sql);
  if (status.usersRevision === revision) return;
  await exec(primary.metadata, psqlCommand, sql);
  status.usersRevision = revision;
}

/** Runs once, without ON_ERROR_STOP: psql's exit code is all that is looked at. */
export async function reconcileInitSql(context: Context, primary: Pod | null): Promise<void> {
  const { kube, exec, cluster, status } = context;
  const source = cluster.spec.databaseInitSQL;
  if (source === undefined) {
    status.databaseInitSQL = undefined;
    return;
  }
  if (status.databaseInitSQL !== undefined) return;
  const map = await kube.get<KubeObject & { data?: Record<string, string> }>(
    "ConfigMap",
    cluster.metadata.namespace,
    source.name,
  );
  const sql = map?.data?.[source.key];
  if (sql === undefined) {
    throw new Error(`ConfigMap ${source.name} did not contain expected key: ${source.key}`);
  }
  if (primary === null) return;
  await exec(primary.metadata, ["psql", "-Xw", "--file=-"], sql);
  status.databaseInitSQL = source.name;
}
