import { z } from "zod";
import { type ChartName, chartNames, charts as pins } from "../platform/charts.ts";
import { line } from "./values.ts";

const scheme = /^[a-z][a-z0-9+.-]*:\/\//i;

export const charts = z
  .strictObject({
    mirror: line
      .refine(
        (place) => !scheme.test(place) || /^(https|oci):\/\/[^/\s]+/.test(place),
        "must be a folder, or an address that begins with https:// or oci://",
      )
      .refine((place) => !place.endsWith("/"), "must not end with a slash")
      .describe(
        "Folder with `<name>-<version>.tgz` files, an `https://` Helm repository that asks for no password, or an `oci://` " +
          "prefix. Default: the upstream repositories.",
      )
      .optional(),
    versions: z
      .partialRecord(
        z.enum(chartNames),
        z
          .string("must be a version in quotes")
          .regex(/^\d+\.\d+\.\d+([-+][\w.+-]+)?$/, 'must be one exact version, such as "1.30.5"'),
      )
      .default({})
      .meta({ title: "charts and their versions", examples: [{ istiod: "1.30.5" }] })
      .describe(
        `Versions in place of those with which the program was tested: ${chartNames.join(", ")}.`,
      ),
    digests: z
      .partialRecord(
        z.enum(chartNames),
        z.string().regex(/^sha256:[0-9a-f]{64}$/, "must be a digest: sha256: and 64 digits"),
      )
      .default({})
      .meta({
        title: "charts and their digests",
        examples: [{ istiod: `sha256:${"0123456789abcdef".repeat(4)}` }],
      })
      .describe("Digests that charts of a registry (`oci://`) must have; Helm checks no other's."),
  })
  .superRefine(({ mirror, digests }, context) => {
    for (const name of Object.keys(digests) as ChartName[])
      if (!(mirror ?? pins[name].repository).startsWith("oci://"))
        context.addIssue({
          code: "custom",
          path: ["digests", name],
          message: "must be left out unless the chart comes from a registry (oci://)",
        });
  })
  .prefault({})
  .describe("Where the Helm charts come from; their versions are in `platform/charts.ts`.");
