import { z } from "zod";
import { parseMebibytes } from "../../platform/quantity.ts";
import { type ShlinkVersion, shlinkImages } from "../../platform/shlink-variables.ts";
import { leastMemory, leastWorkerMiB } from "../../platform/workers.ts";
import { mebibytes, none, replicas, requests, withinLimit } from "../values.ts";
import { apiKeys } from "./api-keys.ts";
import { extraEnv } from "./extra-env.ts";
import { cors, qrCodes, robots } from "./pages.ts";
import { redirects } from "./redirects.ts";
import { geolite, matomo, realTimeUpdates } from "./services.ts";
import { slugs } from "./slugs.ts";
import { timezone } from "./timezone.ts";
import { tracking } from "./tracking.ts";

const basePath = z
  .string()
  .regex(/^(\/[A-Za-z0-9_-]+)+$/, 'must be a path such as "/go", without a slash at its end')
  .refine((path) => !/^\/rest(\/|$)/.test(path), "must not begin with /rest, where the API is")
  .meta({ title: "path", examples: ["/go"] })
  .describe(
    "Path below which everything is: links, API and health. What is beside it the gateway refuses. Default: none.",
  );

const version = z
  .enum(Object.keys(shlinkImages) as ShlinkVersion[])
  .default("4.6")
  .describe(
    "Release of Shlink. There is no way back from 5.1, which changes the tables; and its Redis client does not recover " +
      "from a crash of the master before its workers are replaced (docs/shlink.md).",
  );

const autoscaling = z
  .discriminatedUnion("mode", [
    none.describe("`replicas` pods, always."),
    z
      .strictObject({
        mode: z.literal("cpu"),
        maximum: z
          .int()
          .min(2)
          .max(50)
          .describe("The most pods; more than `replicas`, which then are the least."),
        utilization: z
          .int()
          .min(10)
          .max(95)
          .default(70)
          .describe("Percentage of the CPU that each pod asks for, above which there are more."),
      })
      .describe("As many pods as the CPU that they use calls for; it needs the metrics API."),
  ])
  .describe("Whether there are more pods when there is more to do.");

const sizes = {
  replicas: replicas.default(3).describe("Pods of Shlink."),
  autoscaling: autoscaling.prefault({ mode: "none" }),
  requests: requests("250m", "512Mi").describe("What each pod asks of the scheduler."),
  memory: mebibytes
    .default("1Gi")
    .describe(
      "Memory limit of each pod; the numbers of its PHP workers follow from it, and 128Mi are RoadRunner's.",
    ),
  workerMemory: mebibytes
    .refine(
      (memory) => parseMebibytes(memory) >= leastWorkerMiB,
      `must be at least ${leastWorkerMiB}Mi: Shlink fails with less`,
    )
    .default("96Mi")
    .describe("Memory that each PHP worker may use."),
};

export const shlink = z
  .strictObject({
    version,
    ...sizes,
    timezone,
    resolveTitles: z
      .boolean()
      .default(false)
      .describe(
        "Whether Shlink fetches the titles of links' targets. It may then call any host, otherwise only its " +
          "database and Redis.",
      ),
    basePath: basePath.optional(),
    redirects: redirects.prefault({}),
    slugs: slugs.prefault({}),
    deletionThreshold: z
      .int()
      .min(1)
      .describe("Visits from which on a link cannot be deleted any more. Default: any can be.")
      .optional(),
    apiKeys,
    tracking: tracking.prefault({}),
    robots: robots.prefault({}),
    cors: cors.prefault({}),
    qrCodes: qrCodes.prefault({}),
    geolite: geolite.prefault({ mode: "none" }),
    matomo: matomo.prefault({ mode: "none" }),
    realTimeUpdates: realTimeUpdates.prefault({}),
    extraEnv: extraEnv.prefault({}),
  })
  .superRefine(({ memory, workerMemory }, context) => {
    const least = leastMemory(workerMemory);
    if (parseMebibytes(memory) < parseMebibytes(least))
      context.addIssue({
        code: "custom",
        path: ["memory"],
        message: `must be at least ${least}: RoadRunner and two PHP workers need as much`,
      });
  })
  .refine(withinLimit, { path: ["requests", "memory"], message: "must not exceed shlink.memory" })
  .refine(
    ({ autoscaling, replicas }) => autoscaling.mode === "none" || autoscaling.maximum > replicas,
    { path: ["autoscaling", "maximum"], message: "must be more than shlink.replicas" },
  )
  .refine(
    ({ basePath, redirects }) =>
      basePath === undefined || [undefined, "default"].includes(redirects.extraPath),
    {
      path: ["redirects", "extraPath"],
      message: "must be left out with shlink.basePath, which Shlink would take for the link",
    },
  )
  .refine(({ version, qrCodes }) => version === "4.6" || Object.keys(qrCodes).length === 0, {
    path: ["qrCodes"],
    message: "must be left out with shlink.version 5.1, which makes no QR codes",
  })
  .refine(({ qrCodes, resolveTitles }) => qrCodes.logoUrl === undefined || resolveTitles, {
    path: ["qrCodes", "logoUrl"],
    message: "needs shlink.resolveTitles: otherwise Shlink may call no host to fetch it",
  })
  .prefault({})
  .describe("The URL shortener itself.");
