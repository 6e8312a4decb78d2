import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Choices, pairwise, settingsOf } from "../support/choices.ts";
import { database, redis, replaced } from "../support/outside.ts";
import type { Change } from "../support/synth.ts";
import { violations } from "../support/violations.ts";

const credentialsSecret = "keys";
const s3 = { mode: "s3", bucket: "b", endpoint: "s3.example.com", region: "r" };
const house = { endpoint: "minio.storage.svc", port: 9000, uriStyle: "path" };
const fromObject = (mode: string) => ({
  tls: { mode: "verified", authority: { mode, name: "servers-ca" } },
});

const databaseOf = (own: object) => replaced("prod", "database", { ...database, ...own });
const redisOf = (own: object) => replaced("prod", "redis", { ...redis, ...own });
const backups = (own: object): Change => ({ database: { backups: own } });

/** The forms in which data lies, outside or in backups, how Vault is opened, and who watches. */
const choices: Choices = {
  backups: {
    volume: {},
    keys: backups({ ...s3, credentialsSecret }),
    house: backups({
      ...s3,
      ...house,
      credentialsSecret,
      authority: { mode: "secret", name: "house-ca" },
    }),
    role: backups({
      ...s3,
      identity: { mode: "role", arn: "arn:aws:iam::123456789012:role/b" },
    }),
    pods: backups({ ...s3, identity: { mode: "podIdentity" } }),
    google: backups({
      mode: "gcs",
      bucket: "b",
      identity: { mode: "workloadIdentity", serviceAccount: "a@p.iam.gserviceaccount.com" },
    }),
    azure: backups({
      mode: "azure",
      container: "c",
      identity: { mode: "managedIdentity", account: "links" },
    }),
  },
  database: {
    crunchy: {},
    pem: databaseOf({}),
    configMap: databaseOf(fromObject("configMap")),
    pooled: databaseOf({
      ...fromObject("secret"),
      port: 6432,
      admin: { secretName: "db-admin", host: "primary.example.com" },
    }),
  },
  redis: {
    operator: {},
    single: redisOf({}),
    inside: redisOf({
      servers: { mode: "single", host: "redis.data.svc" },
      networks: undefined,
    }),
    cluster: redisOf({
      servers: { mode: "cluster", nodes: [{ host: "10.30.0.1" }, { host: "10.30.0.2" }] },
    }),
  },
  seal: {
    shamir: {},
    aws: { vault: { seal: { mode: "awskms", region: "r", keyId: "k" } } },
  },
  watch: {
    monitors: {},
    none: { observability: { mode: "none" } },
    charts: {
      observability: {
        prober: undefined,
        addons: {
          prometheus: { mode: "chart", storage: "1Gi", retention: "1d" },
          grafana: { mode: "chart" },
        },
      },
    },
  },
};

/** A database of others has no backups of ours. */
const impossible = Object.keys(choices["backups"] ?? {})
  .filter((kind) => kind !== "volume")
  .flatMap((kind) =>
    ["pem", "configMap", "pooled"].map((form) => ({ backups: kind, database: form })),
  );

describe("Every two forms of a store, of a seal and of who watches", () => {
  for (const one of pairwise(choices, impossible))
    it(`make a stack without a violation: ${Object.values(one).join(", ")}`, async () => {
      assert.deepEqual(await violations(settingsOf(choices, one)), []);
    });
});

describe("What goes over the network in clear", () => {
  it("is a violation in production: a database outside, and a Redis outside", async () => {
    const plain = databaseOf({ tls: { mode: "plaintext" } });
    const [found, ...more] = await violations(plain);
    assert.match(found ?? "", /D08 .*PGSSLMODE.*the connection works without TLS/);
    assert.ok(more.every((message) => message.startsWith("D08")));
    for (const servers of [
      { mode: "single", host: "redis.example.com", tls: false },
      { mode: "sentinel", sentinels: [{ host: "s1.example.com" }], tls: false },
    ]) {
      const messages = await violations(redisOf({ servers }));
      assert.ok(messages.length > 0);
      for (const message of messages)
        assert.match(message, /^D17 ServiceEntry "shlink\/redis-store".*reached in clear/);
    }
  });
});
