import { z } from "zod";
import { parseQuantity } from "../platform/quantity.ts";
import { leastMemory } from "../platform/workers.ts";
import { mebibytes, replicas, requests, withinLimit } from "./values.ts";

export const shlink = z
  .strictObject({
    replicas: replicas.default(3).describe("Pods of Shlink."),
    requests: requests("250m", "512Mi").describe("What each pod asks of the scheduler."),
    memory: mebibytes
      .refine(
        (limit) => parseQuantity(limit) >= parseQuantity(leastMemory),
        `must be at least ${leastMemory}: RoadRunner and two PHP workers need as much`,
      )
      .default("1Gi")
      .describe("Memory limit of each pod; the numbers of its PHP workers follow from it."),
    timezone: z
      .string()
      .refine(
        isTimezone,
        'must be a time zone of the IANA database, such as "UTC" or "Europe/Vienna"',
      )
      .default("UTC")
      .describe("Time zone of Shlink's dates, such as UTC or Europe/Vienna."),
    resolveTitles: z
      .boolean()
      .default(false)
      .describe(
        "Whether Shlink fetches the titles of links' targets. It may then call any host, otherwise only its " +
          "database and Redis.",
      ),
  })
  .refine(withinLimit, { path: ["requests", "memory"], message: "must not exceed shlink.memory" })
  .prefault({})
  .describe("The URL shortener itself.");

/** PHP takes names of the IANA database in their own spelling, and no offsets. */
function isTimezone(name: string): boolean {
  if (!/^[A-Z]/.test(name)) return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions();
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}
