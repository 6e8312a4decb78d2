import { z } from "zod";
import { visitors, word } from "./values.ts";

export const tracking = z
  .strictObject({
    visits: z.boolean().describe("Whether visits are counted at all. Default: true.").optional(),
    orphanVisits: z
      .boolean()
      .describe("Whether visits that find no link are counted. Default: true.")
      .optional(),
    addresses: z
      .literal(["anonymised", "full", "none"])
      .describe(
        "What is kept of a visitor's address: all but its last part, all of it, or nothing, and then no place " +
          "either. Default: anonymised.",
      )
      .optional(),
    referrers: z
      .boolean()
      .describe("Whether the page that a visitor comes from is kept. Default: true.")
      .optional(),
    userAgents: z
      .boolean()
      .describe("Whether the name of a visitor's browser is kept. Default: true.")
      .optional(),
    exceptFrom: z
      .array(visitors)
      .min(1)
      .describe("Visitors that are not counted; Shlink compares IPv4 only. Default: nobody.")
      .optional(),
    optOutParameter: word
      .describe("A parameter of the query with which a visit is not counted. Default: none.")
      .optional(),
  })
  .describe("What is remembered of visits.");
