import { z } from "zod";
import { mebibytes, replicas, requests } from "./values.ts";

export const shlink = z.strictObject({
  replicas,
  requests,
  /** Memory limit of one pod; the numbers of PHP workers follow from it. */
  memory: mebibytes,
  timezone: z.string().min(1),
  /** Fetch the titles of links' targets; Shlink may then call any host, else only its database and Redis. */
  resolveTitles: z.boolean(),
});
