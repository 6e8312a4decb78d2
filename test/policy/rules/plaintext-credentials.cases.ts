import { plaintextCredentials } from "../../../policy/rules/plaintext-credentials.ts";
import { POSTGRES, REDIS } from "../support/fixtures/databases.ts";
import { VAULT } from "../support/fixtures/vault.ts";
import { CONFIG_MAP, DEPLOYMENT, ENV, JOB } from "../support/fixtures/workloads.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

const TOKEN = `hvs.${"a".repeat(24)}`;

export const suite = new Cases(plaintextCredentials, {
  deployment: DEPLOYMENT,
  job: JOB,
  map: CONFIG_MAP,
  release: VAULT,
  cluster: POSTGRES,
  redis: REDIS,
})
  .good("deployment", {
    "a file": { [ENV]: [{ name: "DB_PASSWORD_FILE", value: "/run/a" }] },
    "a reference": { [ENV]: [{ name: "DB_PASSWORD", valueFrom: { secretKeyRef: { name: "a" } } }] },
    "the name of a Secret": { [ENV]: [{ name: "KEYS_SECRET", value: "vault-unseal-keys" }] },
    "a switch": { [ENV]: [{ name: "USE_TOKEN", value: "true" }] },
    "an address": { [ENV]: [{ name: "TARGET", value: "postgres://db:5432/a" }] },
  })
  .good("release", { "an empty password in values": { "values password": "" } })
  .bad(
    "deployment",
    'S01 Deployment "shlink/shlink", spec.template.spec.containers[0].env[DB_PASSWORD]: a credential is written out.',
    { "a password": { [ENV]: [{ name: "DB_PASSWORD", value: "correct-horse" }] } },
  )
  .bad(
    "deployment",
    'S01 Deployment "shlink/shlink", spec.template.spec.containers[0].env[INITIAL_API_KEY]: a credential is written out.',
    { "an API key": { [ENV]: [{ name: "INITIAL_API_KEY", value: "abc" }] } },
  )
  .bad(
    "deployment",
    'S01 Deployment "shlink/shlink", spec.template.spec.containers[0].env[CLIENT_SECRET]: a credential is written out.',
    { "a secret that is no name": { [ENV]: [{ name: "CLIENT_SECRET", value: "Ab3" }] } },
  )
  .bad(
    "deployment",
    'V19 Deployment "shlink/shlink", spec.template.spec.containers[0].env[TARGET]: a Vault token or private key is written out.',
    {
      "a password in an address": {
        [ENV]: [{ name: "TARGET", value: "postgres://u:hunter22@db/a" }],
      },
    },
  )
  .bad(
    "deployment",
    'V19 Deployment "shlink/shlink", spec.template.spec.containers[0].env[A]: a Vault token or private key is written out.',
    { "a Vault token under any name": { [ENV]: [{ name: "A", value: TOKEN }] } },
  )
  .bad(
    "job",
    'V19 Job "shlink/migration", spec.template.spec.containers[0].command[2]: a Vault token or private key is written out.',
    {
      "a token on the command line": {
        "spec template spec containers 0 command": ["vault", "login", TOKEN],
      },
    },
  )
  .bad(
    "deployment",
    'V19 Deployment "shlink/shlink", spec.template.spec.initContainers[0].args[0]: a Vault token or private key is written out.',
    {
      "a token in an init container": { "spec template spec initContainers": [{ args: [TOKEN] }] },
    },
  )
  .bad("map", 'S01 ConfigMap "shlink/settings", data.PASSWORD: a credential is written out.', {
    "a password in a ConfigMap": { "data PASSWORD": "correct-horse" },
  })
  .bad(
    "map",
    'V19 ConfigMap "shlink/settings", data["key.pem"]: a Vault token or private key is written out.',
    { "a private key in a ConfigMap": { "data key.pem": "-----BEGIN RSA PRIVATE KEY-----" } },
  )
  .bad(
    "map",
    'V19 ConfigMap "shlink/settings", metadata.annotations.a: a Vault token or private key is written out.',
    { "a token in an annotation": { "metadata annotations": { a: TOKEN } } },
  )
  .bad(
    "release",
    'S01 Helm release "vault/vault" (chart vault), values.adminPassword: a credential is written out.',
    { "a password in values": { "values adminPassword": "correct-horse" } },
  )
  .bad(
    "release",
    'V19 Helm release "vault/vault" (chart vault), values.env[0].value: a Vault token or private key is written out.',
    { "a token in values": { "values env": [{ name: "A", value: TOKEN }] } },
  )
  .bad(
    "cluster",
    'S01 PostgresCluster "postgres/shlink-db", spec.instances[0].containers[0].env[PASSWORD]: a credential is written out.',
    {
      "a password in a database's container": {
        "spec instances 0 containers": [
          { name: "a", env: [{ name: "PASSWORD", value: "correct-horse" }] },
        ],
      },
    },
  )
  .bad(
    "redis",
    'S01 RedisFailover "redis/shlink-redis", spec.redis.extraContainers[0].env[PASSWORD]: a credential is written out.',
    {
      "a password in a Redis container": {
        "spec redis extraContainers": [
          { name: "a", env: [{ name: "PASSWORD", value: "correct-horse" }] },
        ],
      },
    },
  )
  .unknown("deployment", "spec.template.spec.containers[0].env[0].value", {
    "a password that is an output": { [ENV]: [{ name: "DB_PASSWORD", value: UNKNOWN }] },
  });
