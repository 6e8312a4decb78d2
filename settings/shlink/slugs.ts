import { z } from "zod";

export const slugs = z
  .strictObject({
    length: z
      .int()
      .min(4)
      .max(64)
      .describe("Length of the slugs that Shlink makes up; it takes no less than 4. Default: 5.")
      .optional(),
    mode: z
      .literal(["strict", "loose"])
      .describe(
        "Whether upper and lower case are different links: strict, or the same: loose. With loose all slugs are " +
          "stored in lower case, and links that have upper case in them are no longer found. Default: strict.",
      )
      .optional(),
    multiSegment: z
      .boolean()
      .describe("Whether a slug may have slashes in it. Default: false.")
      .optional(),
    trailingSlash: z
      .boolean()
      .describe("Whether a link is found with a slash at its end too. Default: false.")
      .optional(),
  })
  .describe("The last part of a link.");
