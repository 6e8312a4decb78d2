import { isDeepStrictEqual } from "node:util";
import type { Context } from "./context.ts";
import { clusterNames, controlled, label } from "./names.ts";
import { files, mount, projected, restricted, type Volume } from "./pods.ts";
import { queries, setupSql } from "./queries.ts";
import { monitoringUser } from "./settings.ts";
import { psqlCommand, sqlRevision } from "./sql.ts";
import type { Labels, Pod, PostgresCluster } from "./types.ts";
import { ownPassword } from "./user-secrets.ts";

const settings = ({ spec }: PostgresCluster) => spec.monitoring?.pgmonitor?.exporter;

/** By this label a monitor finds the pods with an exporter. */
export const labels = (cluster: PostgresCluster): Labels =>
  settings(cluster) === undefined ? {} : { [label.exporter]: "true" };

/** The exporter beside a server, of which it asks as a user who may log in from there only. */
export function containers(cluster: PostgresCluster, env: NodeJS.ProcessEnv): object[] {
  const given = settings(cluster);
  if (given === undefined) return [];
  const { port = 5432 } = cluster.spec;
  const values = {
    DATA_SOURCE_URI: `localhost:${port}/postgres?sslmode=disable`,
    DATA_SOURCE_USER: monitoringUser,
    DATA_SOURCE_PASS_FILE: "/opt/crunchy/password",
  };
  const flags = ["--extend.query-path=/conf/queries.json", "--disable-default-metrics"];
  const exporter = {
    name: "exporter",
    image: env.RELATED_IMAGE_PGEXPORTER ?? "",
    command: ["postgres_exporter", ...flags, "--disable-settings-metrics"],
    env: Object.entries(values).map(([name, value]) => ({ name, value })),
    ports: [{ name: "exporter", containerPort: 9187, protocol: "TCP" }],
    ...(given.resources === undefined ? {} : { resources: given.resources }),
    securityContext: restricted,
    volumeMounts: [mount("exporter-config", "/conf"), mount("monitoring-secret", "/opt/crunchy")],
  };
  return [exporter];
}

export function volumes(cluster: PostgresCluster): Volume[] {
  if (settings(cluster) === undefined) return [];
  const names = clusterNames(cluster.metadata.name);
  return [
    projected("exporter-config", [
      files("configMap", names.queries, { "queries.json": "queries.json" }),
    ]),
    projected("monitoring-secret", [files("secret", names.monitoring, { password: "password" })]),
  ];
}

/** Writes what pods with an exporter mount: before any of them is made. */
export async function writeExporterConfig({ kube, cluster }: Context): Promise<void> {
  if (settings(cluster) === undefined) return;
  const metadata = controlled(cluster, clusterNames(cluster.metadata.name).queries);
  const map = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata,
    data: { "queries.json": JSON.stringify(queries, null, 2) },
  };
  await kube.apply(map);
}

/** Makes the exporter's user and what it may read. */
export async function reconcileExporter(context: Context, primary: Pod | null): Promise<void> {
  const { kube, exec, cluster, status } = context;
  if (settings(cluster) === undefined) {
    status.monitoring = undefined;
    return;
  }
  const { secret, verifier } = await ownPassword(
    context,
    clusterNames(cluster.metadata.name).monitoring,
  );
  await kube.apply(secret);
  if (primary === null) return;
  const sql = setupSql(monitoringUser, verifier);
  const wanted = { exporterConfiguration: sqlRevision(sql) };
  if (isDeepStrictEqual(status.monitoring, wanted)) return;
  await exec(primary.metadata, psqlCommand, sql);
  status.monitoring = wanted;
}
