import { z } from "zod";
import { parseMebibytes } from "../../platform/quantity.ts";
import { leastMemory, leastWorkerMiB } from "../../platform/workers.ts";
import { mebibytes, replicas, requests, withinLimit } from "../values.ts";
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

const sizes = {
  replicas: replicas.default(3).describe("Pods of Shlink."),
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
  .refine(({ qrCodes, resolveTitles }) => qrCodes.logoUrl === undefined || resolveTitles, {
    path: ["qrCodes", "logoUrl"],
    message: "needs shlink.resolveTitles: otherwise Shlink may call no host to fetch it",
  })
  .prefault({})
  .describe("The URL shortener itself.");
