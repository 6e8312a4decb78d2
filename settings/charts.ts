import { z } from "zod";

export const charts = z
  .strictObject({
    mirror: z
      .string()
      .min(1)
      .describe(
        "Folder with `<name>-<version>.tgz` files, or an `oci://` prefix. Default: the upstream repositories.",
      )
      .optional(),
  })
  .prefault({})
  .describe("Where the Helm charts come from; their versions are in `platform/charts.ts`.");
