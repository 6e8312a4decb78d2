import { z } from "zod";
import { outsideDatabase } from "./outside-database.ts";
import { dnsLabel, none, quantity, replicas, requests } from "./values.ts";
import { backups } from "./backups.ts";

/** Milliseconds since 1970 of a time as PostgreSQL writes it. */
const timeOf = (text: string) =>
  Date.parse(text.replace(" ", "T").replace(/([+-]\d{2})$/, "$1:00"));

/** JavaScript takes the 30th of February for a day of March; PostgreSQL refuses it, when the data is gone already. */
function isOfCalendar(text: string): boolean {
  const [local = ""] = /^.{19}/.exec(text.replace(" ", "T")) ?? [];
  const time = Date.parse(`${local}Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(local);
}

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
        .refine(isOfCalendar, { message: "must be a time of the calendar" })
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
