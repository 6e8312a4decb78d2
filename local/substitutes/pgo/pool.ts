import type { Context } from "./context.ts";
import { clusterNames, controlled, label } from "./names.ts";
import { files, mount, podSecurity, projected, restricted, spread } from "./pods.ts";
import { poolUser } from "./settings.ts";
import { forEachDatabase, poolSql, psqlCommand, sqlRevision } from "./sql.ts";
import type { Deployment, KubeObject, Pod, PostgresCluster } from "./types.ts";
import { ownPassword } from "./user-secrets.ts";

const folder = "/etc/pgbouncer";

function configuration(cluster: PostgresCluster): string {
  const { proxy, port = 5432 } = cluster.spec;
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
    listen_port: String(proxy?.pgBouncer?.port ?? 5432),
    server_tls_sslmode: "verify-full",
    server_tls_ca_file: `${folder}/backend-ca.crt`,
    unix_socket_dir: "",
    ...proxy?.pgBouncer?.config?.global,
  };
  const lines = Object.entries(options).map(([key, value]) => `${key} = ${value}`);
  const { primary } = clusterNames(cluster.metadata.name);
  return `[pgbouncer]\n${lines.join("\n")}\n\n[databases]\n* = host=${primary} port=${port}\n`;
}

function poolPod(cluster: PostgresCluster, env: NodeJS.ProcessEnv) {
  const names = clusterNames(cluster.metadata.name);
  const { resources, port = 5432 } = cluster.spec.proxy?.pgBouncer ?? {};
  const certificate = names.instanceCertificates(names.pool);
  const container = {
    name: "pgbouncer",
    image: env.RELATED_IMAGE_PGBOUNCER ?? "",
    command: ["pgbouncer", `${folder}/pgbouncer.ini`],
    ports: [{ name: "pgbouncer", containerPort: port, protocol: "TCP" }],
    ...(resources === undefined ? {} : { resources }),
    securityContext: restricted,
    volumeMounts: [mount("pgbouncer-config", folder)],
  };
  const own = Object.fromEntries(["tls.crt", "tls.key", "ca.crt"].map((key) => [key, key]));
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: podSecurity,
    topologySpreadConstraints: spread(cluster),
    containers: [container],
    volumes: [
      projected("pgbouncer-config", [
        files("configMap", names.pool, { "pgbouncer.ini": "pgbouncer.ini" }),
        files("secret", names.pool, { "users.txt": "users.txt" }),
        files("secret", certificate, own),
        files("secret", names.certificate, { "backend-ca.crt": "ca.crt" }),
      ]),
    ],
  };
}

function poolObjects(cluster: PostgresCluster, env: NodeJS.ProcessEnv): KubeObject[] {
  const name = clusterNames(cluster.metadata.name).pool;
  const { replicas = 1, port = 5432 } = cluster.spec.proxy?.pgBouncer ?? {};
  const metadata = controlled(cluster, name, { [label.role]: "pgbouncer" });
  const selector = { [label.cluster]: cluster.metadata.name, [label.role]: "pgbouncer" };
  const config = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata,
    data: { "pgbouncer.ini": configuration(cluster) },
  };
  const ports = [{ name: "pgbouncer", port, protocol: "TCP", targetPort: "pgbouncer" }];
  const service = { apiVersion: "v1", kind: "Service", metadata, spec: { ports, selector } };
  const template = { metadata: { labels: metadata.labels }, spec: poolPod(cluster, env) };
  const deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata,
    spec: { replicas, selector: { matchLabels: selector }, template },
  };
  return [config, service, deployment];
}

const encode = (value: string) => Buffer.from(value).toString("base64");

/** Makes the pool, and the user and the function in each database by which it knows the passwords of others. */
export async function reconcilePool(context: Context, primary: Pod | null): Promise<void> {
  const { kube, exec, cluster, env, status } = context;
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
  const sql = poolSql(poolUser, verifier);
  const revision = sqlRevision(sql);
  const isNew = status.proxy?.pgBouncer?.postgresRevision !== revision;
  if (isNew && primary !== null)
    await exec(primary.metadata, forEachDatabase(psqlCommand.join(" ")), sql);
  const written = !isNew || primary !== null ? { postgresRevision: revision } : {};
  status.proxy = { pgBouncer: { ...written, replicas, readyReplicas } };
}

async function removePool({ kube, cluster, status }: Context): Promise<void> {
  const { name, namespace } = cluster.metadata;
  const own = { [label.cluster]: name, [label.role]: "pgbouncer" };
  for (const kind of ["Deployment", "Service", "ConfigMap", "Secret"])
    await kube.removeAll(kind, namespace, own);
  status.proxy = undefined;
}
