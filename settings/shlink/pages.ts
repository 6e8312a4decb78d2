import { z } from "zod";
import { origin, word } from "./values.ts";

export const robots = z
  .strictObject({
    allowAllLinks: z
      .boolean()
      .describe(
        "Whether search engines may follow every link, and not only those that are marked so. Default: false.",
      )
      .optional(),
    userAgents: z
      .array(word)
      .min(1)
      .describe("Crawlers that robots.txt speaks to. Default: all.")
      .optional(),
  })
  .describe("What robots.txt says.");

export const cors = z
  .strictObject({
    origins: z
      .array(origin)
      .min(1)
      .describe("Pages whose scripts may call the REST API. Default: every page.")
      .optional(),
    credentials: z
      .boolean()
      .describe(
        "Whether browsers may send cookies along, as a login in front of the gateway needs; it needs `origins`. " +
          "Default: false.",
      )
      .optional(),
    maxAgeSeconds: z
      .int()
      .min(0)
      .describe("Seconds for which a browser remembers the answer. Default: 3600.")
      .optional(),
  })
  .refine(({ credentials, origins }) => credentials !== true || origins !== undefined, {
    path: ["credentials"],
    message: "needs shlink.cors.origins: browsers refuse cookies where every page may call",
  })
  .describe("Which pages' scripts may call the REST API.");

const color = z
  .string()
  .regex(/^#[0-9a-fA-F]{6}$/, 'must be a color such as "#ffffff"')
  .meta({ title: "color", examples: ["#ffffff"] });

export const qrCodes = z
  .strictObject({
    size: z.int().min(50).max(1000).describe("Pixels of each side. Default: 300.").optional(),
    margin: z.int().min(0).describe("Pixels around it. Default: 0.").optional(),
    format: z.literal(["png", "svg"]).describe("Format of the picture. Default: png.").optional(),
    errorCorrection: z
      .literal(["l", "m", "q", "h"])
      .describe("How much of it may be covered, from l, the least, to h. Default: l.")
      .optional(),
    roundBlockSize: z
      .boolean()
      .describe("Whether its squares are whole pixels. Default: true.")
      .optional(),
    forDisabledLinks: z
      .boolean()
      .describe("Whether links that are not in force have one. Default: true.")
      .optional(),
    color: color.describe("Color of the squares. Default: `#000000`.").optional(),
    background: color.describe("Color behind them. Default: `#ffffff`.").optional(),
    logoUrl: z
      .url({
        protocol: /^https$/,
        error: 'must be an address such as "https://example.com/logo.png"',
      })
      .meta({ title: "address", examples: ["https://example.com/logo.png"] })
      .describe(
        "A picture for the middle; it needs `shlink.resolveTitles`, which lets Shlink call. Default: none.",
      )
      .optional(),
  })
  .describe("Pictures of links, at `/qr-code` behind a link; Shlink 5 makes none.");
