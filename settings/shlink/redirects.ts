import { z } from "zod";
import { address } from "./values.ts";

/** Where visitors go who find no link. */
const notFoundTargets = {
  baseUrl: address
    .describe("Where the bare address of the domain leads. Default: a page that says 404.")
    .optional(),
  notFound: address
    .describe("Where addresses lead that cannot be a link. Default: a page that says 404.")
    .optional(),
  invalidLink: address
    .describe("Where links lead that do not exist, or no longer. Default: a page that says 404.")
    .optional(),
};

const cached = [301, 308];

export const redirects = z
  .strictObject({
    status: z
      .literal([301, 302, 307, 308])
      .describe(
        "Status of a redirect. Browsers remember 301 and 308, so that later visits are not counted. Shlink follows " +
          "GET and HEAD only, with 307 and 308 as well. Default: 302.",
      )
      .optional(),
    cacheSeconds: z
      .int()
      .min(1)
      .describe("Seconds for which a browser may remember a 301 or a 308. Default: 30.")
      .optional(),
    cacheVisibility: z
      .literal(["private", "public"])
      .describe(
        "Whether caches between Shlink and the browser may remember a 301 or a 308 too. Default: private.",
      )
      .optional(),
    extraPath: z
      .literal(["default", "append", "ignore"])
      .describe(
        "What becomes of a path behind a link: default finds no link, append hands it on, ignore drops it; below a " +
          "`shlink.basePath` Shlink can only do the first. Default: default.",
      )
      .optional(),
    ...notFoundTargets,
  })
  .superRefine((redirects, context) => {
    if (cached.includes(redirects.status ?? 302)) return;
    for (const key of ["cacheSeconds", "cacheVisibility"] as const)
      if (redirects[key] !== undefined)
        context.addIssue({
          code: "custom",
          path: [key],
          message:
            "must be left out unless shlink.redirects.status is 301 or 308: nothing else is remembered",
        });
  })
  .describe("How visitors are redirected, and where those who find no link go.");
