import { z } from "zod";
import { outsideDatabase } from "./outside-database.ts";
import {
  cron,
  dnsLabel,
  dnsSubdomain,
  host,
  none,
  quantity,
  replicas,
  requests,
} from "./values.ts";

const backupPlan = {
  fullSchedule: cron.default("0 3 * * *").describe("When a full backup is made."),
  differentialSchedule: cron
    .describe("When what changed since the last full backup is saved. Default: never.")
    .optional(),
  incrementalSchedule: cron
    .describe("When what changed since the last backup of any kind is saved. Default: never.")
    .optional(),
  retention: z
    .int()
    .min(1)
    .default(14)
    .describe("How many full backups are kept, each with what depends on it."),
  encrypted: z
    .boolean()
    .default(false)
    .describe(
      "Whether pgBackRest encrypts with AES-256; `credentialsSecret` then has the passphrase. It cannot be changed " +
        "for a repository that exists.",
    ),
};
const credentialsSecret = dnsSubdomain.describe(
  "Secret in namespace `postgres` with pgBackRest's files; docs/database.md says which.",
);
const bucket = z.string().min(1).describe("Name of the bucket; one bucket serves one stack.");

const backups = z.discriminatedUnion("mode", [
  none.describe("No backups: the volumes are the only copy."),
  z
    .strictObject({
      mode: z.literal("volume"),
      storage: quantity.describe("Size of the volume."),
      ...backupPlan,
      credentialsSecret: credentialsSecret
        .describe(
          "Secret in namespace `postgres` with the passphrase; needed with `encrypted`. Default: none.",
        )
        .optional(),
    })
    .refine(({ encrypted, credentialsSecret }) => !encrypted || credentialsSecret !== undefined, {
      path: ["credentialsSecret"],
      message: "must name the Secret with the passphrase when backups are encrypted",
    })
    .describe("A volume in the same cluster, whose fate it shares."),
  z
    .strictObject({
      mode: z.literal("s3"),
      bucket,
      endpoint: host.describe("Public host name of the store; it is reached on port 443."),
      region: z.string().min(1).describe("Region of the bucket."),
      ...backupPlan,
      credentialsSecret,
    })
    .describe("A bucket of S3, or of a store that speaks its protocol."),
  z
    .strictObject({ mode: z.literal("gcs"), bucket, ...backupPlan, credentialsSecret })
    .describe("A bucket of Google Cloud Storage."),
  z
    .strictObject({
      mode: z.literal("azure"),
      container: z
        .string()
        .min(1)
        .describe("Name of the container; one container serves one stack."),
      ...backupPlan,
      credentialsSecret,
    })
    .describe("A container of Azure Blob Storage."),
]);

/** Milliseconds since 1970 of a time as PostgreSQL writes it. */
const timeOf = (text: string) =>
  Date.parse(text.replace(" ", "T").replace(/([+-]\d{2})$/, "$1:00"));

const restore = z.discriminatedUnion("mode", [
  none.describe("The data stays as it is."),
  z
    .strictObject({
      mode: z.literal("inPlace"),
      id: dnsLabel.describe("Name of this restore; each name is restored once."),
      target: z
        .string()
        .regex(
          /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?[+-]\d{2}(:\d{2})?$/,
          'must be a time with its zone such as "2026-01-31 12:00:00+00"',
        )
        .refine((target) => !(timeOf(target) > Date.now()), {
          message: "must not lie in the future: no archive reaches it, and no server would run",
        })
        .meta({ title: "time with zone", examples: ["2026-01-31 12:00:00+00"] })
        .describe(
          "Point in time to go back to; not one in the future. Default: the end of the archive.",
        )
        .optional(),
    })
    .describe("A backup replaces the data of the servers; `database.backups` must not be `none`."),
]);

const pgBouncer = z.discriminatedUnion("mode", [
  none.describe("Shlink connects to the primary."),
  z
    .strictObject({
      mode: z.literal("session"),
      replicas: replicas.default(2).describe("Pods of the pool."),
    })
    .describe("Shlink connects to pgBouncer, which pools whole sessions."),
]);

const crunchyDatabase = z
  .strictObject({
    mode: z.literal("crunchy").default("crunchy"),
    postgresVersion: z
      .int()
      .min(15)
      .max(18)
      .default(17)
      .describe("Major version of PostgreSQL. Crunchy PGO 6 ships images for 15 to 18."),
    instances: replicas.default(3).describe("Servers; one of them is the primary."),
    storage: quantity.describe("Size of each server's volume."),
    requests: requests("500m", "1Gi").describe("What each server asks of the scheduler."),
    synchronous: z
      .boolean()
      .default(true)
      .describe(
        "Whether a commit waits until a replica has it too, so that a failover loses none; needs two instances.",
      ),
    backups: backups.describe("Where pgBackRest keeps backups, and when it makes them."),
    restore: restore
      .prefault({ mode: "none" })
      .describe("Whether the data is replaced by a backup."),
    rotation: z
      .int()
      .min(0)
      .default(0)
      .describe(
        "How often Shlink's login has been rotated; `npm run rotate -- database` counts it up. From 1 on Shlink logs in " +
          "as `shlink_N`, a role of its own each time that acts as `shlink`; the command drops the one before.",
      ),
    pgBouncer: pgBouncer
      .prefault({ mode: "none" })
      .describe("A pool of connections between Shlink and the primary."),
  })
  .refine(({ synchronous, instances }) => !synchronous || instances > 1, {
    path: ["synchronous"],
    message: "must be false with one instance: there is no replica to wait for",
  })
  .refine(({ restore, backups }) => restore.mode === "none" || backups.mode !== "none", {
    path: ["restore"],
    message: "needs database.backups: there is nothing to restore from",
  })
  .describe("Crunchy PGO runs it in the cluster.");

export const database = z
  .discriminatedUnion("mode", [crunchyDatabase, outsideDatabase])
  .describe("PostgreSQL: the stack's own, or somebody else's.");
