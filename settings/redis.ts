import { z } from "zod";
import { mebibytes, replicas, requests, withinLimit } from "./values.ts";

export const redis = z
  .strictObject({
    operator: z
      .enum(["spotahome", "freshworks"])
      .describe(
        "Spotahome's operator, unchanged since 2023, or Freshworks' fork, which is worked on.",
      ),
    replicas: replicas.describe("Servers; one of them is the master."),
    sentinels: z
      .literal([1, 3, 5])
      .describe("Sentinels, which agree on the master; an odd number, so that a vote cannot tie."),
    requests: requests.describe("What each server asks of the scheduler."),
    memory: mebibytes.describe(
      "Memory limit of each server; the data may use three quarters of it.",
    ),
  })
  .refine(withinLimit, { path: ["requests", "memory"], message: "must not exceed redis.memory" })
  .describe("Redis with Sentinel, for Shlink's locks and cached metadata.");
