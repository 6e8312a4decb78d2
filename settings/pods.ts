import { z } from "zod";
import { imageNames, postgresRegistry } from "../platform/chart-images.ts";
import type { database } from "./database.ts";
import type { observability } from "./observability.ts";
import { annotations, dnsSubdomain, labels, qualifiedName } from "./values.ts";

const registry = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]+)?$/;
const prefix = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/;
const pinned =
  /^[a-z0-9.-]+(:[0-9]+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+(:\w[\w.-]{0,127})?@sha256:[0-9a-f]{64}$/;
const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

const toleration = z
  .strictObject({
    key: qualifiedName.describe("Key of the taint. Default: every taint.").optional(),
    operator: z
      .literal(["Equal", "Exists"])
      .default("Equal")
      .describe("Whether the taint's value counts."),
    value: z
      .string("must be a text in quotes")
      .describe("Value of the taint, with `Equal`. Default: the empty one.")
      .optional(),
    effect: z
      .literal(["NoSchedule", "PreferNoSchedule", "NoExecute"])
      .describe("Effect of the taint. Default: every effect.")
      .optional(),
    tolerationSeconds: z
      .int()
      .min(0)
      .describe("Seconds for which a `NoExecute` is borne. Default: for ever.")
      .optional(),
  })
  .refine(({ operator, value }) => operator === "Equal" || value === undefined, {
    path: ["value"],
    message: "must be left out with operator Exists",
  })
  .refine(({ operator, key }) => operator === "Exists" || key !== undefined, {
    path: ["key"],
    message: "must be named with operator Equal",
  })
  .refine(
    ({ effect, tolerationSeconds }) => effect === "NoExecute" || tolerationSeconds === undefined,
    { path: ["tolerationSeconds"], message: "must be left out unless effect is NoExecute" },
  );

/** What selectors, policies and monitors find pods by: another value would take a pod away from all of them. */
const reserved =
  /^(app|istio|component|k8s-app|release|role|redisfailovers-role)$|(^|[./])(kubernetes\.io|k8s\.io|istio\.io|helm\.sh|crunchydata\.com|spotahome\.com|shlink-platform)(\/|$)/;
const free = (names: Record<string, string>) =>
  Object.keys(names).every((key) => !reserved.test(key));
const ours = /^(proxy\.istio\.io\/config|sidecar\.istio\.io\/inject|pulumi\.com\/.*)$/;

export const pods = z
  .strictObject({
    registries: z
      .record(
        z.string().regex(registry, 'must be the host of a registry such as "docker.io"'),
        z
          .string()
          .regex(
            prefix,
            'must be a registry, with or without a path, such as "registry.example.com/hub"',
          ),
      )
      .default({})
      .meta({
        title: "registries and what stands in their place",
        examples: [{ "docker.io": "registry.example.com/hub" }],
      })
      .describe(
        "Mirrors: where the images of a registry are, under their own paths. For PGO's registry name the images of " +
          "PostgreSQL in `images`, too: their tags are known to PGO's chart only.",
      ),
    pullSecrets: z
      .array(dnsSubdomain)
      .refine((names) => new Set(names).size === names.length, "must name each Secret once")
      .default([])
      .describe(
        "Secrets with the registries' passwords; each must be in every namespace of the platform before.",
      ),
    images: z
      .partialRecord(
        z.enum(imageNames),
        z
          .string()
          .regex(
            pinned,
            `must be an image with its digest, such as "registry.example.com/shlink@${digest}"`,
          ),
      )
      .default({})
      .meta({
        title: "names and images with their digest",
        examples: [{ shlink: `registry.example.com/shlink@${digest}` }],
      })
      .describe(
        `Images in place of those that the program or a chart names: ${imageNames.join(", ")}.`,
      ),
    nodeSelector: labels.default({}).describe("Labels of the nodes on which pods may run."),
    tolerations: z
      .array(toleration)
      .default([])
      .meta({
        title: "tolerations",
        examples: [[{ key: "dedicated", value: "shlink", effect: "NoSchedule" }]],
      })
      .describe("Taints of nodes that pods bear. Istio's node agent bears every one."),
    priorityClass: dnsSubdomain
      .describe(
        "PriorityClass of pods; Istio's node agent keeps system-node-critical. Default: the cluster's own.",
      )
      .optional(),
    labels: labels
      .refine(
        free,
        "must not name a label by which pods are found (app, istio, app.kubernetes.io/...)",
      )
      .default({})
      .describe("Labels of every pod besides its own."),
    annotations: annotations
      .refine(
        (names) => Object.keys(names).every((key) => !ours.test(key)),
        "must not name an annotation that the program sets (proxy.istio.io/config, sidecar.istio.io/inject, pulumi.com/...)",
      )
      .default({})
      .describe("Annotations of every pod besides its own."),
  })
  .prefault({})
  .describe(
    "Where all pods run, those of charts and operators included, and where their images come from.",
  );

interface Postgres {
  pods: z.infer<typeof pods>;
  database: z.infer<typeof database>;
  observability: z.infer<typeof observability>;
}

/** A mirror of PGO's registry needs the images by name whose tags only PGO's chart knows. */
export function checkPostgresImages(
  { pods: { registries, images }, database, observability }: Postgres,
  context: z.RefinementCtx,
): void {
  if (database.mode === "outside" || !(postgresRegistry in registries)) return;
  const needed = {
    postgres: true,
    pgbackrest: database.backups.mode !== "none",
    pgbouncer: database.pgBouncer.mode !== "none",
    postgresExporter: observability.mode !== "none",
  };
  for (const [name, isNeeded] of Object.entries(needed))
    if (isNeeded && !(name in images))
      context.addIssue({
        code: "custom",
        path: ["pods", "images", name],
        message: `must be named with a mirror of ${postgresRegistry}: only PGO's chart knows its tag`,
      });
}
