import { z } from "zod";
import { mebibytes, replicas, requests } from "./values.ts";

export const redis = z.strictObject({
  /** Spotahome's operator, unchanged since 2023, or Freshworks' fork of it. */
  operator: z.enum(["spotahome", "freshworks"]),
  replicas,
  sentinels: z.literal([1, 3, 5]),
  requests,
  /** Memory of one Redis; the data may use three quarters of it. */
  memory: mebibytes,
});
