import type { Context } from "./context.ts";
import { clusterNames, controlled, label } from "./names.ts";
import { files, mount, podSecurity, projected, restricted, spread } from "./pods.ts";
import { poolUser } from "./settings.ts";
import { forEachDatabase, poolSql, psqlCommand, sqlRevision } from "./sql.ts";
import type { Deployment, KubeObject, Pod, PostgresCluster } from "./types.ts";
import { ownPassword } from "./user-secrets.ts";

const folder = "/etc/pgbouncer";

const options = {
  ignore_startup_parameters: "extra_float_digits",
  auth_file: `${folder}/users.txt`,
  auth_user: poolUser,
  auth_query: "SELECT username, password FROM pgbouncer.get_auth($1)",
  client_tls_sslmode: "require",
  client_tls_cert_file: `${folder}/tls.crt`,
  client_tls_key_file: `${folder}/tls.key`,
  client_tls_ca_file: `${folder}/ca.crt`,
  listen_addr: "*",
  server_tls_sslmode: "verify-full",
  server_tls_ca_file: `${folder}/backend-ca.crt`,
  unix_socket_dir: "",
};

function configuration(cluster: PostgresCluster): string {
  const { proxy, port = 5432 } = cluster.spec;
  const listen_port = String(proxy?.pgBouncer?.port ?? 5432);
  const all = { ...options, listen_port, ...proxy?.pgBouncer?.config?.global };
  const lines = Object.entries(all).map(([key, value]) => `${key} = ${value}`);
  const { primary } = clusterNames(cluster.metadata.name);
  return `[pgbouncer]\n${lines.join("\n")}\n\n[databases]\n* = host=${primary} port=${port}\n`;
}

function poolContainer(cluster: PostgresCluster, env: NodeJS.ProcessEnv) {
  const { resources, port = 5432 } = cluster.spec.proxy?.pgBouncer ?? {};
  return {
    name: "pgbouncer",
    image: env.RELATED_IMAGE_PGBOUNCER ?? "",
    command: ["pgbouncer", `${folder}/pgbouncer.ini`],
    ports: [{ name: "pgbouncer", containerPort: port, protocol: "TCP" }],
    ...(resources === undefined ? {} : { resources }),
    securityContext: restricted,
    volumeMounts: [mount("pgbouncer-config", folder)],
  };
}

const poolPod = (cluster: PostgresCluster, env: NodeJS.ProcessEnv) => ({
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  securityContext: podSecurity,
  topologySpreadConstraints: spread(cluster),
  containers: [poolContainer(cluster, env)],
  volumes: [poolFiles(cluster)],
});

function poolFiles(cluster: PostgresCluster) {
  const names = clusterNames(cluster.metadata.name);
  const certificate = names.instanceCertificates(names.pool);
  const own = Object.fromEntries(["tls.crt", "tls.key", "ca.crt"].map((key) => [key, key]));
  return projected("pgbouncer-config", [
    files("configMap", names.pool, { "pgbouncer.ini": "pgbouncer.ini" }),
    files("secret", names.pool, { "users.txt": "users.txt" }),
    files("secret", certificate, own),
    files("secret", names.certificate, { "backend-ca.crt": "ca.crt" }),
  ]);
}

function poolObjects(cluster: PostgresCluster, env: NodeJS.ProcessEnv): KubeObject[] {
  const name = clusterNames(cluster.metadata.name).pool;
  const { replicas = 1, port = 5432 } = cluster.spec.proxy?.pgBouncer ?? {};
  const metadata = controlled(cluster, name, { [label.role]: "pgbouncer" });
  const selector = { [label.cluster]: cluster.metadata.name, [label.role]: "pgbouncer" };
  const data = { "pgbouncer.ini": configuration(cluster) };
  const ports = [{ name: "pgbouncer", port, protocol: "TCP", targetPort: "pgbouncer" }];
  const template = { metadata: { labels: metadata.labels }, spec: poolPod(cluster, env) };
  const spec = { replicas, selector: { matchLabels: selector }, template };
  return [
    { apiVersion: "v1", kind: "ConfigMap", metadata, data },
    { apiVersion: "v1", kind: "Service", metadata, spec: { ports, selector } },
    { apiVersion: "apps/v1", kind: "Deployment", metadata, spec },
  ];
}

const encode = (value: string) => Buffer.from(value).toString("base64");

/** Makes the pool, and the user and the function in each database by which it knows the passwords of others. */
export async function reconcilePool(context: Context, primary: Pod | null): Promise<void> {
  const { kube, cluster, env, status } = context;
  const { name, namespace } = cluster.metadata;
  const names = clusterNames(name);
  if (cluster.spec.proxy?.pgBouncer === undefined) {
    await removePool(context);
    return;
  }
  const { secret, password, verifier } = await ownPassword(context, names.pool);
  const users = `"${poolUser}" "${password}"\n`;
  await kube.apply({ ...secret, data: { ...secret.data, "users.txt": encode(users) } });
  for (const object of poolObjects(cluster, env)) await kube.apply(object);
  const deployment = await kube.get<Deployment>("Deployment", namespace, names.pool);
  const { replicas, readyReplicas } = deployment?.status ?? {};
  const written = await writeSql(context, poolSql(poolUser, verifier), primary);
  status.proxy = { pgBouncer: { ...written, replicas, readyReplicas } };
}

/** Writes the pool's SQL where it is new; without a primary it waits for the next pass. */
async function writeSql({ exec, status }: Context, sql: string, primary: Pod | null) {
  const postgresRevision = sqlRevision(sql);
  if (status.proxy?.pgBouncer?.postgresRevision === postgresRevision) return { postgresRevision };
  if (primary === null) return {};
  await exec(primary.metadata, forEachDatabase(psqlCommand.join(" ")), sql);
  return { postgresRevision };
}

async function removePool({ kube, cluster, status }: Context): Promise<void> {
  const { name, namespace } = cluster.metadata;
  const own = { [label.cluster]: name, [label.role]: "pgbouncer" };
  for (const kind of ["Deployment", "Service", "ConfigMap", "Secret"])
    await kube.removeAll(kind, namespace, own);
  status.proxy = undefined;
}
