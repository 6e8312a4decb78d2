/** The database, the cache, and the secrets of both. */

import { passwordStrength } from "../../../policy/rules/password-strength.ts";
import { plaintextCredentials } from "../../../policy/rules/plaintext-credentials.ts";
import { postgresCluster } from "../../../policy/rules/postgres-cluster.ts";
import { postgresGrants } from "../../../policy/rules/postgres-grants.ts";
import { postgresTls } from "../../../policy/rules/postgres-tls.ts";
import { redisFailover } from "../../../policy/rules/redis-failover.ts";
import { shlinkSettings } from "../../../policy/rules/shlink-settings.ts";
import { statefulProtect } from "../../../policy/rules/stateful-protect.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";
import type { Fixture, Suite } from "../support/suite.ts";
import { CONFIG_MAP, DEPLOYMENT, JOB, POSTGRES, REDIS, VAULT } from "./fixtures.ts";

const cluster = new Cases(postgresCluster, { cluster: POSTGRES })
  .good("a patch of something else", "cluster", {
    "@type": "kubernetes:postgres-operator.crunchydata.com/v1beta1:PostgresClusterPatch",
    spec: {},
  })
  .good("another API", "cluster", {
    "@type": "kubernetes:example.com/v1:PostgresCluster",
    spec: {},
  })
  .good("snapshots", "cluster", { "spec backups": { snapshots: { volumeSnapshotClassName: "a" } } })
  .good("a Service inside the cluster", "cluster", { "spec service": { type: "ClusterIP" } })
  .bad(
    "one replica",
    "cluster",
    { "spec instances 0 replicas": 1 },
    'D06 PostgresCluster "postgres/shlink-db", spec.instances[0].replicas: the instance set has a single replica.',
  )
  .bad(
    "PGO's number of replicas",
    "cluster",
    { "spec instances 0 replicas": undefined },
    'D06 PostgresCluster "postgres/shlink-db", spec.instances[0].replicas: the instance set has a single replica.',
  )
  .bad(
    "no backups",
    "cluster",
    { "spec backups": undefined },
    'D07 PostgresCluster "postgres/shlink-db", spec.backups: the database has no scheduled backup that is kept.',
  )
  .bad(
    "no schedule",
    "cluster",
    { "spec backups pgbackrest repos": [{ name: "repo1" }] },
    'D07 PostgresCluster "postgres/shlink-db", spec.backups: the database has no scheduled backup that is kept.',
  )
  .bad(
    "no retention",
    "cluster",
    { "spec backups pgbackrest global": {} },
    'D07 PostgresCluster "postgres/shlink-db", spec.backups: full backups are made but never expire, until the volume is full.',
  )
  .bad(
    "a stopped cluster",
    "cluster",
    { "spec shutdown": true },
    'D07a PostgresCluster "postgres/shlink-db", spec.shutdown: the cluster is shut down or its reconciliation is paused.',
  )
  .bad(
    "a paused cluster",
    "cluster",
    { "spec paused": true },
    'D07a PostgresCluster "postgres/shlink-db", spec.paused: the cluster is shut down or its reconciliation is paused.',
  )
  .bad(
    "a public Service",
    "cluster",
    { "spec service": { type: "LoadBalancer" } },
    'D09 PostgresCluster "postgres/shlink-db", spec.service.type: the database is reachable from outside the cluster.',
  )
  .bad(
    "a public pooler",
    "cluster",
    { "spec proxy": { pgBouncer: { service: { type: "NodePort" } } } },
    'D09 PostgresCluster "postgres/shlink-db", spec.proxy.pgBouncer.service.type: the database is reachable from outside the cluster.',
  )
  .bad(
    "an old version",
    "cluster",
    { "spec postgresVersion": 13 },
    'D11 PostgresCluster "postgres/shlink-db", spec.postgresVersion: the PostgreSQL version is out of support.',
  )
  .unknown(
    "replicas that are an output",
    "cluster",
    { "spec instances 0 replicas": UNKNOWN },
    "spec.instances[0].replicas",
  )
  .unknown("backups that are an output", "cluster", { "spec backups": UNKNOWN }, "spec.backups");

const GRANT: Fixture = {
  type: "postgresql:index/grant:Grant",
  name: "db-schema",
  props: {
    database: "shlink",
    role: "shlink",
    schema: "public",
    objectType: "schema",
    privileges: ["CREATE", "USAGE"],
  },
};
const DB_ROLE: Fixture = {
  type: "postgresql:index/role:Role",
  name: "app",
  props: { name: "app", login: true },
};
const SQL: Fixture = {
  ...CONFIG_MAP,
  props: { ...CONFIG_MAP.props, data: { "init.sql": "CREATE TABLE a (b int);" } },
};
const grants = new Cases(postgresGrants, {
  grant: GRANT,
  role: DB_ROLE,
  cluster: POSTGRES,
  sql: SQL,
})
  .good("PGO's own administrator", "cluster", { "spec users 1 options": "SUPERUSER" })
  .good("options that only limit", "cluster", { "spec users 0 options": "NOINHERIT" })
  .good("prose about SQL", "sql", { "data a.txt": "GRANT ALL is bad" })
  .bad(
    "all privileges",
    "grant",
    { privileges: ["ALL"] },
    'D01 postgresql:index/grant:Grant "db-schema", privileges[0]: all privileges are granted.',
  )
  .bad(
    "all privileges by default",
    "grant",
    {
      "@type": "postgresql:index/defaultPrivileges:DefaultPrivileges",
      privileges: ["all privileges"],
    },
    'D01 postgresql:index/defaultPrivileges:DefaultPrivileges "db-schema", privileges[0]: all privileges are granted.',
  )
  .bad(
    "an option to pass it on",
    "grant",
    { withGrantOption: true },
    'D03 postgresql:index/grant:Grant "db-schema", withGrantOption: the grant can be passed on.',
  )
  .bad(
    "an option to pass a role on",
    "grant",
    { "@type": "postgresql:index/grantRole:GrantRole", withAdminOption: true },
    'D03 postgresql:index/grantRole:GrantRole "db-schema", withAdminOption: the grant can be passed on.',
  )
  .bad(
    "everybody",
    "grant",
    { role: "PUBLIC" },
    'D04 postgresql:index/grant:Grant "db-schema", role: the privilege is granted to everybody.',
  )
  .bad(
    "a superuser",
    "role",
    { superuser: true },
    'D02 postgresql:index/role:Role "app", superuser: the role is made powerful.',
  )
  .bad(
    "a maker of roles",
    "role",
    { createRole: true },
    'D02 postgresql:index/role:Role "app", createRole: the role is made powerful.',
  )
  .bad(
    "a powerful user",
    "cluster",
    { "spec users 0 options": "CREATEDB" },
    'D02 PostgresCluster "postgres/shlink-db", spec.users[0].options: the role is made powerful.',
  )
  .bad(
    "SQL that grants all",
    "sql",
    { "data init.sql": "grant all on a to b;" },
    'D05 ConfigMap "shlink/settings", data["init.sql"]: the SQL text grants too much.',
  )
  .bad(
    "SQL that makes a superuser",
    "sql",
    { "data init.sql": "ALTER USER shlink WITH SUPERUSER;" },
    'D05 ConfigMap "shlink/settings", data["init.sql"]: the SQL text grants too much.',
  )
  .unknown("a privilege that is an output", "grant", { privileges: [UNKNOWN] }, "privileges[0]");

const PROVIDER: Fixture = {
  type: "pulumi:providers:postgresql",
  name: "postgres",
  props: { host: "127.0.0.1", sslmode: "verify-ca" },
};
const ENV = "spec template spec containers 0 env";
const tls = new Cases(postgresTls, {
  provider: PROVIDER,
  deployment: DEPLOYMENT,
  job: JOB,
  cluster: POSTGRES,
})
  .good("TLS required", "provider", { sslmode: "require" })
  .good("another provider", "provider", { "@type": "pulumi:providers:vault", sslmode: "disable" })
  .good("another database", "deployment", { [ENV]: [{ name: "DB_DRIVER", value: "mysql" }] })
  .bad(
    "no TLS",
    "provider",
    { sslmode: "disable" },
    'D08 pulumi:providers:postgresql "postgres", sslmode: the connection works without TLS.',
  )
  .bad(
    "no mode",
    "provider",
    { sslmode: undefined },
    'D08 pulumi:providers:postgresql "postgres", sslmode: the connection works without TLS.',
  )
  .bad(
    "a mode that gives in",
    "deployment",
    { [ENV]: [{ name: "PGSSLMODE", value: "prefer" }] },
    'D08 Deployment "shlink/shlink", spec.template.spec.containers[0].env[PGSSLMODE]: the connection works without TLS.',
  )
  .bad(
    "no mode for Shlink",
    "deployment",
    { [ENV]: [{ name: "DB_DRIVER", value: "postgres" }] },
    'D08a Deployment "shlink/shlink", spec.template.spec.containers[0].env: Shlink reaches PostgreSQL without PGSSLMODE.',
  )
  .bad(
    "an address without TLS",
    "job",
    { [ENV]: [{ name: "DATABASE_URL", value: "postgres://db/a?sslmode=disable" }] },
    'D08 Job "shlink/migration", spec.template.spec.containers[0].env[DATABASE_URL]: the connection works without TLS.',
  )
  .good("an address with TLS", "job", {
    [ENV]: [{ name: "DATABASE_URL", value: "postgres://db/a?sslmode=verify-full" }],
  })
  .good("a rule with TLS", "cluster", {
    "spec authentication": { rules: [{ connection: "hostssl", method: "scram-sha-256" }] },
  })
  .bad(
    "a rule without TLS",
    "cluster",
    { "spec authentication": { rules: [{ connection: "host", method: "scram-sha-256" }] } },
    'D08b PostgresCluster "postgres/shlink-db", spec.authentication.rules[0].connection: the server accepts clients without TLS or without password.',
  )
  .bad(
    "a rule without password",
    "cluster",
    { "spec authentication": { rules: [{ connection: "hostssl", method: "trust" }] } },
    'D08b PostgresCluster "postgres/shlink-db", spec.authentication.rules[0].method: the server accepts clients without TLS or without password.',
  )
  .good("a line with TLS", "cluster", {
    "spec patroni": {
      dynamicConfiguration: { postgresql: { pg_hba: ["hostssl all all all scram-sha-256"] } },
    },
  })
  .bad(
    "a line without TLS",
    "cluster",
    {
      "spec patroni": {
        dynamicConfiguration: { postgresql: { pg_hba: ["host all all all scram-sha-256"] } },
      },
    },
    'D08b PostgresCluster "postgres/shlink-db", spec.patroni.dynamicConfiguration.postgresql.pg_hba[0]: the server accepts clients without TLS or without password.',
  )
  .unknown("a mode that is an output", "provider", { sslmode: UNKNOWN }, "sslmode");

const redis = new Cases(redisFailover, { redis: REDIS })
  .good("the operator's numbers", "redis", {
    "spec redis replicas": undefined,
    "spec sentinel replicas": undefined,
  })
  .good("a patch of something else", "redis", {
    "@type": "kubernetes:databases.spotahome.com/v1:RedisFailoverPatch",
    spec: {},
  })
  .good("another API", "redis", { "@type": "kubernetes:example.com/v1:RedisFailover", spec: {} })
  .bad(
    "no password",
    "redis",
    { "spec auth": undefined },
    'D12 RedisFailover "redis/shlink-redis", spec.auth.secretPath: Redis asks for no password.',
  )
  .bad(
    "an empty reference",
    "redis",
    { "spec auth secretPath": "" },
    'D12 RedisFailover "redis/shlink-redis", spec.auth.secretPath: Redis asks for no password.',
  )
  .bad(
    "two servers",
    "redis",
    { "spec redis replicas": 2 },
    'D13 RedisFailover "redis/shlink-redis", spec.redis.replicas: there are too few servers or sentinels for a failover.',
  )
  .bad(
    "one sentinel",
    "redis",
    { "spec sentinel replicas": 1 },
    'D13 RedisFailover "redis/shlink-redis", spec.sentinel.replicas: there are too few servers or sentinels for a failover.',
  )
  .bad(
    "four sentinels",
    "redis",
    { "spec sentinel replicas": 4 },
    'D13 RedisFailover "redis/shlink-redis", spec.sentinel.replicas: there are too few servers or sentinels for a failover.',
  )
  .bad(
    "the operator's image",
    "redis",
    { "spec redis image": undefined },
    'D14 RedisFailover "redis/shlink-redis", spec.redis.image: the image is left to the operator.',
  )
  .bad(
    "the node's network",
    "redis",
    { "spec sentinel hostNetwork": true },
    'D16 RedisFailover "redis/shlink-redis", spec.sentinel.hostNetwork: the pods share the node\'s network.',
  )
  .bad(
    "a password in the configuration",
    "redis",
    { "spec redis customConfig": ["requirepass abc"] },
    'D15 RedisFailover "redis/shlink-redis", spec.redis.customConfig[0]: the configuration weakens or contains the password.',
  )
  .bad(
    "no protected mode",
    "redis",
    { "spec redis customConfig": ["protected-mode no"] },
    'D15 RedisFailover "redis/shlink-redis", spec.redis.customConfig[0]: the configuration weakens or contains the password.',
  )
  .unknown(
    "a reference that is an output",
    "redis",
    { "spec auth secretPath": UNKNOWN },
    "spec.auth.secretPath",
  );

const CLAIM: Fixture = {
  type: "kubernetes:core/v1:PersistentVolumeClaim",
  name: "data",
  opts: { protect: true },
  props: { metadata: { name: "data", namespace: "shlink" }, spec: {} },
};
const protect = new Cases(statefulProtect, {
  cluster: POSTGRES,
  claim: CLAIM,
  vault: VAULT,
  deployment: DEPLOYMENT,
})
  .good("a patch", "cluster", {
    "@type": "kubernetes:postgres-operator.crunchydata.com/v1beta1:PostgresClusterPatch",
    "@opts": { protect: false },
  })
  .bad(
    "a database",
    "cluster",
    { "@opts": { protect: false } },
    'D17 PostgresCluster "postgres/shlink-db": the resource holds data and is not protected.',
  )
  .bad(
    "a volume",
    "claim",
    { "@opts": {} },
    'D17 PersistentVolumeClaim "shlink/data": the resource holds data and is not protected.',
  )
  .bad(
    "Vault",
    "vault",
    { "@opts": { protect: false } },
    'D17a Helm release "vault/vault" (chart vault): the resource holds data that is hard to bring back, and is not protected.',
  )
  .good("a protected database of which nothing is known", "cluster", {
    metadata: UNKNOWN,
    spec: UNKNOWN,
  });

const TOKEN = `hvs.${"a".repeat(24)}`;
const credentials = new Cases(plaintextCredentials, {
  deployment: DEPLOYMENT,
  job: JOB,
  map: CONFIG_MAP,
  release: VAULT,
  cluster: POSTGRES,
  redis: REDIS,
})
  .good("a file", "deployment", { [ENV]: [{ name: "DB_PASSWORD_FILE", value: "/run/a" }] })
  .good("a reference", "deployment", {
    [ENV]: [{ name: "DB_PASSWORD", valueFrom: { secretKeyRef: { name: "a" } } }],
  })
  .good("the name of a Secret", "deployment", {
    [ENV]: [{ name: "KEYS_SECRET", value: "vault-unseal-keys" }],
  })
  .good("a switch", "deployment", { [ENV]: [{ name: "USE_TOKEN", value: "true" }] })
  .good("an address", "deployment", { [ENV]: [{ name: "TARGET", value: "postgres://db:5432/a" }] })
  .good("an empty password in values", "release", { "values password": "" })
  .bad(
    "a password",
    "deployment",
    { [ENV]: [{ name: "DB_PASSWORD", value: "correct-horse" }] },
    'S01 Deployment "shlink/shlink", spec.template.spec.containers[0].env[DB_PASSWORD]: a credential is written out.',
  )
  .bad(
    "an API key",
    "deployment",
    { [ENV]: [{ name: "INITIAL_API_KEY", value: "abc" }] },
    'S01 Deployment "shlink/shlink", spec.template.spec.containers[0].env[INITIAL_API_KEY]: a credential is written out.',
  )
  .bad(
    "a secret that is no name",
    "deployment",
    { [ENV]: [{ name: "CLIENT_SECRET", value: "Ab3" }] },
    'S01 Deployment "shlink/shlink", spec.template.spec.containers[0].env[CLIENT_SECRET]: a credential is written out.',
  )
  .bad(
    "a password in an address",
    "deployment",
    { [ENV]: [{ name: "TARGET", value: "postgres://u:hunter22@db/a" }] },
    'V19 Deployment "shlink/shlink", spec.template.spec.containers[0].env[TARGET]: a Vault token or private key is written out.',
  )
  .bad(
    "a Vault token under any name",
    "deployment",
    { [ENV]: [{ name: "A", value: TOKEN }] },
    'V19 Deployment "shlink/shlink", spec.template.spec.containers[0].env[A]: a Vault token or private key is written out.',
  )
  .bad(
    "a token on the command line",
    "job",
    { "spec template spec containers 0 command": ["vault", "login", TOKEN] },
    'V19 Job "shlink/migration", spec.template.spec.containers[0].command[2]: a Vault token or private key is written out.',
  )
  .bad(
    "a token in an init container",
    "deployment",
    { "spec template spec initContainers": [{ args: [TOKEN] }] },
    'V19 Deployment "shlink/shlink", spec.template.spec.initContainers[0].args[0]: a Vault token or private key is written out.',
  )
  .bad(
    "a password in a ConfigMap",
    "map",
    { "data PASSWORD": "correct-horse" },
    'S01 ConfigMap "shlink/settings", data.PASSWORD: a credential is written out.',
  )
  .bad(
    "a private key in a ConfigMap",
    "map",
    { "data key.pem": "-----BEGIN RSA PRIVATE KEY-----" },
    'V19 ConfigMap "shlink/settings", data["key.pem"]: a Vault token or private key is written out.',
  )
  .bad(
    "a token in an annotation",
    "map",
    { "metadata annotations": { a: TOKEN } },
    'V19 ConfigMap "shlink/settings", metadata.annotations.a: a Vault token or private key is written out.',
  )
  .bad(
    "a password in values",
    "release",
    { "values adminPassword": "correct-horse" },
    'S01 Helm release "vault/vault" (chart vault), values.adminPassword: a credential is written out.',
  )
  .bad(
    "a token in values",
    "release",
    { "values env": [{ name: "A", value: TOKEN }] },
    'V19 Helm release "vault/vault" (chart vault), values.env[0].value: a Vault token or private key is written out.',
  )
  .bad(
    "a password in a database's container",
    "cluster",
    {
      "spec instances 0 containers": [
        { name: "a", env: [{ name: "PASSWORD", value: "correct-horse" }] },
      ],
    },
    'S01 PostgresCluster "postgres/shlink-db", spec.instances[0].containers[0].env[PASSWORD]: a credential is written out.',
  )
  .bad(
    "a password in a Redis container",
    "redis",
    {
      "spec redis extraContainers": [
        { name: "a", env: [{ name: "PASSWORD", value: "correct-horse" }] },
      ],
    },
    'S01 RedisFailover "redis/shlink-redis", spec.redis.extraContainers[0].env[PASSWORD]: a credential is written out.',
  )
  .unknown(
    "a password that is an output",
    "deployment",
    { [ENV]: [{ name: "DB_PASSWORD", value: UNKNOWN }] },
    "spec.template.spec.containers[0].env[0].value",
  );

const PASSWORD: Fixture = {
  type: "random:index/randomPassword:RandomPassword",
  name: "db",
  props: { length: 32, special: false },
};
const BYTES: Fixture = {
  type: "random:index/randomBytes:RandomBytes",
  name: "salt",
  props: { length: 16 },
};
const STRING: Fixture = {
  type: "random:index/randomString:RandomString",
  name: "suffix",
  props: { length: 4 },
};
const KEY: Fixture = {
  type: "tls:index/privateKey:PrivateKey",
  name: "ca",
  props: { algorithm: "ECDSA", ecdsaCurve: "P256" },
};
const strength = new Cases(passwordStrength, {
  password: PASSWORD,
  bytes: BYTES,
  string: STRING,
  key: KEY,
})
  .good("two classes", "password", { upper: false, numeric: true })
  .good("RSA of 4096 bits", "key", { rsaBits: 4096 })
  .bad(
    "a short password",
    "password",
    { length: 12 },
    'S04 random:index/randomPassword:RandomPassword "db", length: the generated secret is too short or too uniform.',
  )
  .bad(
    "one class",
    "password",
    { upper: false, numeric: false },
    'S04 random:index/randomPassword:RandomPassword "db": the generated secret uses one class of characters.',
  )
  .bad(
    "few bytes",
    "bytes",
    { length: 8 },
    'S04 random:index/randomBytes:RandomBytes "salt", length: the generated secret is too short or too uniform.',
  )
  .bad(
    "a random name as a password",
    "string",
    { "@name": "db-password" },
    'S04a random:index/randomString:RandomString "db-password": the random name serves as a password.',
  )
  .bad(
    "a short key",
    "key",
    { rsaBits: 1024 },
    'S05 tls:index/privateKey:PrivateKey "ca", rsaBits: the key is weaker than today\'s minimum.',
  )
  .bad(
    "a weak curve",
    "key",
    { ecdsaCurve: "P224" },
    'S05 tls:index/privateKey:PrivateKey "ca", ecdsaCurve: the key is weaker than today\'s minimum.',
  )
  .unknown("a length that is an output", "password", { length: UNKNOWN }, "length");

const env = (changes: Record<string, string | undefined>) => {
  const given = (
    (DEPLOYMENT.props["spec"] as never)["template"]["spec"]["containers"][0] as {
      env: { name: string; value: string }[];
    }
  ).env;
  return {
    [ENV]: given.flatMap((one) => {
      if (!(one.name in changes)) return [one];
      const value = changes[one.name];
      return value === undefined ? [] : [{ name: one.name, value }];
    }),
  };
};
const shlink = new Cases(shlinkSettings, { deployment: DEPLOYMENT, job: JOB })
  .good(
    "a single Redis without Sentinel",
    "deployment",
    env({ REDIS_SENTINEL_SERVICE: undefined, REDIS_SERVERS: "tcp://a:6379" }),
  )
  .good("another image", "deployment", {
    "spec template spec containers 0 image": "example.com/web:1.0.0",
    [ENV]: [],
  })
  .bad(
    "links without https",
    "deployment",
    env({ IS_HTTPS_ENABLED: "false" }),
    'P01 Deployment "shlink/shlink", spec.template.spec.containers[0].env[IS_HTTPS_ENABLED]: links are made without https.',
  )
  .bad(
    "https left out",
    "deployment",
    env({ IS_HTTPS_ENABLED: undefined }),
    'P01 Deployment "shlink/shlink", spec.template.spec.containers[0].env.IS_HTTPS_ENABLED: links are made without https.',
  )
  .bad(
    "no domain",
    "deployment",
    env({ DEFAULT_DOMAIN: undefined }),
    'P02 Deployment "shlink/shlink", spec.template.spec.containers[0].env.DEFAULT_DOMAIN: the default domain is missing or no public name.',
  )
  .bad(
    "a local domain",
    "deployment",
    env({ DEFAULT_DOMAIN: "shlink.local" }),
    'P02 Deployment "shlink/shlink", spec.template.spec.containers[0].env[DEFAULT_DOMAIN]: the default domain is missing or no public name.',
  )
  .bad(
    "a password as a variable",
    "deployment",
    { [`${ENV} 6`]: { name: "DB_PASSWORD", valueFrom: { secretKeyRef: {} } } },
    'P03 Deployment "shlink/shlink", spec.template.spec.containers[0].env[6].name: the secret is a variable instead of a file.',
  )
  .bad(
    "no proxies",
    "deployment",
    env({ TRUSTED_PROXIES: undefined }),
    'P04 Deployment "shlink/shlink", spec.template.spec.containers[0].env.TRUSTED_PROXIES: TRUSTED_PROXIES is missing.',
  )
  .bad(
    "one sentinel address",
    "deployment",
    env({ REDIS_SERVERS: "tcp://a:26379" }),
    'P05 Deployment "shlink/shlink", spec.template.spec.containers[0].env[REDIS_SERVERS]: Sentinel mode is off because REDIS_SERVERS holds one address.',
  )
  .bad(
    "no memory limit",
    "deployment",
    env({ MEMORY_LIMIT: undefined }),
    'P06 Deployment "shlink/shlink", spec.template.spec.containers[0].env.MEMORY_LIMIT: the memory limit of PHP workers is left at 512 MiB each.',
  )
  .bad(
    "a database in a file",
    "deployment",
    env({ DB_DRIVER: "sqlite" }),
    'P07 Deployment "shlink/shlink", spec.template.spec.containers[0].env[DB_DRIVER]: the database is a file in the container.',
  )
  .bad(
    "no database",
    "deployment",
    env({ DB_DRIVER: undefined }),
    'P07 Deployment "shlink/shlink", spec.template.spec.containers[0].env.DB_DRIVER: the database is a file in the container.',
  )
  .unknown(
    "a domain that is an output",
    "deployment",
    env({ DEFAULT_DOMAIN: UNKNOWN }),
    "spec.template.spec.containers[0].env[0].value",
  );

export const data: Suite[] = [cluster, grants, tls, redis, protect, credentials, strength, shlink];
