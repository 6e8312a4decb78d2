import { z } from "zod";
import { outsideRedis } from "./outside-redis.ts";
import { mebibytes, replicas, requests, withinLimit } from "./values.ts";

const ownRedis = z
  .strictObject({
    mode: z.literal("operator").default("operator"),
    operator: z
      .enum(["spotahome", "freshworks"])
      .default("spotahome")
      .describe(
        "Spotahome's operator, unchanged since 2023, or Freshworks' fork, which is worked on.",
      ),
    version: z
      .literal([7, 8])
      .default(7)
      .describe("Major version of Redis. Both operators were seen with 7; of 8 nothing was tried."),
    replicas: replicas.default(3).describe("Servers; one of them is the master."),
    sentinels: z
      .literal([1, 3, 5])
      .default(3)
      .describe("Sentinels, which agree on the master; an odd number, so that a vote cannot tie."),
    requests: requests("100m", "128Mi").describe("What each server asks of the scheduler."),
    memory: mebibytes
      .default("512Mi")
      .describe("Memory limit of each server; the data may use three quarters of it."),
  })
  .refine(withinLimit, { path: ["requests", "memory"], message: "must not exceed redis.memory" })
  .describe("An operator runs it in the cluster, with Sentinel.");

export const redis = z
  .discriminatedUnion("mode", [ownRedis, outsideRedis])
  .prefault({})
  .describe("Redis, for Shlink's locks and cached metadata: the stack's own, or somebody else's.");
