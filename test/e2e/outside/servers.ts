import { randomBytes } from "node:crypto";
import { images } from "../../../platform/images.ts";
import { ownershipLabel } from "../../../platform/project.ts";
import { execute, kubernetes, until } from "../platform.ts";
import { apply, object, root, serve } from "./server.ts";
import type { Theirs } from "./theirs.ts";

/** A namespace that no stack knows. */
const namespace = "elsewhere";
const crunchy = "registry.developers.crunchydata.com/crunchydata/crunchy-postgres:ubi9-15.19-2633";
const password = () => randomBytes(18).toString("base64url");

/** A namespace as docs/deployer.yaml has it, so that what a stack needs can be there before it. */
const prepared = (name: string) => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels: ownershipLabel },
});

const inPod = (name: string, command: string[]) =>
  execute({ namespace, pod: name, container: name }, command);
const sql = (database: string, query: string) =>
  inPod("db", [
    "psql",
    "--no-psqlrc",
    "-At",
    "-h",
    "/tmp",
    "-U",
    "postgres",
    database,
    "-c",
    query,
  ]);

/** Whether the pod is the one that was made, and whether anybody wrote to the objects around it. */
async function objectsOf(name: string): Promise<string> {
  const { core } = kubernetes();
  const where = { name, namespace };
  const pod = await core.readNamespacedPod(where);
  const others = [await core.readNamespacedService(where), await core.readNamespacedSecret(where)];
  return JSON.stringify([
    pod.metadata?.uid,
    pod.status?.containerStatuses?.[0]?.restartCount,
    others.map(({ metadata }) => metadata?.resourceVersion),
  ]);
}

const postgresScript = `if [ ! -d /data/db ]; then
  initdb -D /data/db --username=postgres --auth=reject --encoding=UTF8 >/dev/null
  printf '%s\\n' 'local all postgres trust' 'hostssl all all all scram-sha-256' > /data/db/pg_hba.conf
  postgres --single -D /data/db postgres < /files/setup.sql >/dev/null
fi
exec postgres -D /data/db -c listen_addresses='*' -c ssl=on -c ssl_cert_file=/files/tls.crt -c ssl_key_file=/files/tls.key \\
  -c unix_socket_directories=/tmp`;

const adminPassword = password();

/** PostgreSQL of Debian: one database is for Shlink, another is nobody's business. */
export const postgresOfTheirs: Theirs = {
  what: "a plain PostgreSQL",
  async install() {
    const setup = [
      `CREATE ROLE owner LOGIN CREATEROLE PASSWORD '${adminPassword}'`,
      "CREATE DATABASE links OWNER owner",
      "CREATE DATABASE theirs",
      "",
    ].join(";\n\n");
    await serve({
      name: "db",
      namespace,
      image: crunchy,
      uid: 26,
      port: 5432,
      script: postgresScript,
      files: { "setup.sql": setup },
    });
    await until("their PostgreSQL", 120, async () => (await sql("theirs", "SELECT 1")) === "1");
    await sql("theirs", "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS id");
    const authority = { data: { "ca.crt": root.certificate } };
    await apply([
      ...["postgres", "shlink"].flatMap((place) => [
        prepared(place),
        object("ConfigMap", "servers-ca", place, authority),
      ]),
      object("Secret", "db-admin", "postgres", {
        stringData: { username: "owner", password: adminPassword },
      }),
    ]);
  },
  settings: {
    database: {
      mode: "outside",
      host: `db.${namespace}.svc`,
      name: "links",
      tls: { mode: "verified", authority: { mode: "configMap", name: "servers-ca" } },
      admin: { secretName: "db-admin" },
    },
  },
  async content() {
    const table = await sql(
      "theirs",
      "SELECT md5(string_agg(id::text, ',' ORDER BY id)) FROM kept",
    );
    const others =
      "SELECT rolname, md5(rolpassword) FROM pg_authid WHERE rolname <> 'shlink' ORDER BY 1";
    return [await objectsOf("db"), table, await sql("theirs", others)].join("\n");
  },
};

/** How many links there are, asked past Shlink. */
export const linksInTheirs = async () =>
  Number(await sql("links", "SELECT count(*) FROM short_urls"));

const redisPassword = password();
const redisConf = `port 0
tls-port 6379
tls-cert-file /files/tls.crt
tls-key-file /files/tls.key
tls-ca-cert-file /files/ca.crt
tls-auth-clients no
requirepass ${redisPassword}
save ""
dir /data
`;
const redisCli = (words: string) =>
  inPod("cache", [
    "sh",
    "-c",
    `REDISCLI_AUTH=$(sed -n 's/^requirepass //p' /files/redis.conf) redis-cli --tls --cacert /files/ca.crt ${words}`,
  ]);

/** Redis that speaks TLS only, with a key of somebody else's in it. */
export const redisOfTheirs: Theirs = {
  what: "a Redis with TLS",
  async install() {
    const files = { "redis.conf": redisConf };
    const script = "exec redis-server /files/redis.conf";
    const server = { name: "cache", namespace, image: images.redis7, uid: 999, port: 6379 };
    await serve({ ...server, script, files });
    await until("their Redis", 120, async () => (await redisCli("ping")) === "PONG");
    await redisCli("set theirs kept");
  },
  settings: {
    redis: {
      mode: "outside",
      servers: { mode: "single", host: `cache.${namespace}.svc` },
    },
  },
  secrets: { redisPassword },
  async content() {
    return [await objectsOf("cache"), await redisCli("get theirs")].join("\n");
  },
};
