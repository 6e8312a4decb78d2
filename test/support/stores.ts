import type { Choices, Combination } from "./choices.ts";
import { database, redis, replaced } from "./outside.ts";
import type { Change } from "./synth.ts";

const credentialsSecret = "keys";
const s3 = { mode: "s3", bucket: "b", endpoint: "s3.example.com", region: "r" };
const house = { endpoint: "minio.storage.svc", port: 9000, uriStyle: "path" };
const fromObject = (mode: string) => ({
  tls: { mode: "verified", authority: { mode, name: "servers-ca" } },
});

export const databaseOf = (own: object) => replaced("prod", "database", { ...database, ...own });
export const redisOf = (own: object) => replaced("prod", "redis", { ...redis, ...own });
const backups = (own: object): Change => ({ database: { backups: own } });

/** The forms in which data lies, outside or in backups, how Vault is opened, and who watches. */
export const stores: Choices = {
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
export const impossible: Combination[] = Object.keys(stores["backups"] ?? {})
  .filter((kind) => kind !== "volume")
  .flatMap((kind) =>
    ["pem", "configMap", "pooled"].map((form) => ({ backups: kind, database: form })),
  );
