import { z } from "zod";
import { cron, quantity, dnsLabel, host, replicas, requests } from "./values.ts";

const backupPlan = {
  fullSchedule: cron,
  /** Since the last full backup; absent: none. */
  differentialSchedule: cron.optional(),
  /** Since the last backup of any kind; absent: none. */
  incrementalSchedule: cron.optional(),
  /** How many full backups are kept. */
  retention: z.int().min(1),
  /** AES-256 by pgBackRest; the passphrase is in the credentials. It cannot be changed for a repository. */
  encrypted: z.boolean(),
};
/** Secret in namespace `postgres` with pgBackRest's files; docs/database.md says which. */
const credentialsSecret = dnsLabel;
const backups = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("none") }),
  z
    .strictObject({
      mode: z.literal("volume"),
      storage: quantity,
      ...backupPlan,
      credentialsSecret: credentialsSecret.optional(),
    })
    .refine(({ encrypted, credentialsSecret }) => !encrypted || credentialsSecret !== undefined, {
      path: ["credentialsSecret"],
      message: "must name the Secret with the passphrase when backups are encrypted",
    }),
  z.strictObject({
    mode: z.literal("s3"),
    bucket: z.string().min(1),
    /** Public host name of the store; it is reached on port 443. */
    endpoint: host,
    region: z.string().min(1),
    ...backupPlan,
    credentialsSecret,
  }),
  z.strictObject({
    mode: z.literal("gcs"),
    bucket: z.string().min(1),
    ...backupPlan,
    credentialsSecret,
  }),
  z.strictObject({
    mode: z.literal("azure"),
    container: z.string().min(1),
    ...backupPlan,
    credentialsSecret,
  }),
]);

/** What the stack file says of the database. */
export const database = z
  .strictObject({
    /** Major version; Crunchy PGO 6 ships images for 15 to 18. */
    postgresVersion: z.int().min(15).max(18),
    instances: replicas,
    storage: quantity,
    requests,
    /** A commit waits until a replica has it too: a failover loses none. */
    synchronous: z.boolean(),
    backups,
    /** A restore replaces what the servers have; each `id` happens once. */
    restore: z.discriminatedUnion("mode", [
      z.strictObject({ mode: z.literal("none") }),
      z.strictObject({
        mode: z.literal("inPlace"),
        id: dnsLabel,
        /** Point in time; absent: the end of the archive. */
        target: z
          .string()
          .regex(
            /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?[+-]\d{2}(:\d{2})?$/,
            'must be a time with its zone such as "2026-01-31 12:00:00+00"',
          )
          .optional(),
      }),
    ]),
    /** A pool of connections between Shlink and the primary. */
    pgBouncer: z.discriminatedUnion("mode", [
      z.strictObject({ mode: z.literal("none") }),
      z.strictObject({ mode: z.literal("session"), replicas }),
    ]),
  })
  .refine(({ synchronous, instances }) => !synchronous || instances > 1, {
    path: ["synchronous"],
    message: "must be false with one instance: there is no replica to wait for",
  })
  .refine(({ restore, backups }) => restore.mode === "none" || backups.mode !== "none", {
    path: ["restore"],
    message: "needs database.backups: there is nothing to restore from",
  });
