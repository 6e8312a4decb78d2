import { z } from "zod";
import { mebibytes, replicas, requests } from "./values.ts";

export const shlink = z
  .strictObject({
    replicas: replicas.describe("Pods of Shlink."),
    requests: requests.describe("What each pod asks of the scheduler."),
    memory: mebibytes.describe(
      "Memory limit of each pod; the numbers of its PHP workers follow from it.",
    ),
    timezone: z
      .string()
      .min(1)
      .describe("Time zone of Shlink's dates, such as UTC or Europe/Vienna."),
    resolveTitles: z
      .boolean()
      .describe(
        "Whether Shlink fetches the titles of links' targets. It may then call any host, otherwise only its " +
          "database and Redis.",
      ),
  })
  .describe("The URL shortener itself.");
