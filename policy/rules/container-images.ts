/** Images are what was tested. */

import { check } from "../engine/policy.ts";
import { containers, embeddedContainers, podTemplates } from "../engine/podspecs.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { Cursor } from "../engine/cursor.ts";

const FLOATING =
  /^(latest|stable|edge|main|master|nightly|dev|canary|\d+|v\d+|\d+(\.\d+)?-alpine|alpine|slim)$/;
const GONE =
  /^(k8s\.gcr\.io|gcr\.io\/google[-_]containers|docker\.io\/bitnami|bitnami|docker\.io\/bitnamilegacy|bitnamilegacy|quay\.io\/bitnami)\//;

export const containerImages: Policy = {
  name: "container-images",
  title: "Images are pinned",
  description: "Containers name one exact image version from a living registry.",
  severity: "high",
  tags: ["workloads", "supply-chain"],
  checks: {
    K01: check(
      "the image has no exact tag",
      "The next pod to start may run something else than its neighbours.",
      "State the full version in platform/images.ts.",
    ),
    K03: check(
      "the image comes from a registry that is no longer maintained",
      "It gets no fixes and may vanish.",
      "Use the project's own image.",
    ),
    K03a: check(
      "the registry is not on the list",
      "Only images from known places are scanned and mirrored.",
      "Use a listed registry, or extend the setting registries.",
      "mandatory",
      "off",
    ),
  },
  settings: {
    registries: {
      type: "array",
      description:
        "Prefixes of images that may run, for example registry.example.com/. Empty means any.",
      default: [],
    },
  },
  checkResource(resource, judge) {
    const pods = podTemplates(resource).flatMap(({ spec }) => containers(spec));
    for (const container of [...pods, ...resource.objects.flatMap(embeddedContainers)])
      image(container.get("image"), judge);
    for (const { kind, root } of resource.objects) {
      if (kind !== "RedisFailover") continue;
      for (const part of ["redis", "sentinel"]) {
        const own = root.get("spec").get(part).get("image");
        if (!own.absent) image(own, judge);
      }
    }
  },
};

function image(node: Cursor, judge: Judge) {
  judge.when("K01", node, ({ absent }) => !absent && floating(node.text()));
  judge.when("K03", node, () => GONE.test(node.text()));
  const registries = judge.list("registries");
  if (registries.length === 0 || node.absent) return;
  judge.when("K03a", node, () => !registries.some((prefix) => node.text().startsWith(prefix)));
}

function floating(name: string) {
  if (/@sha256:[0-9a-f]{64}$/.test(name)) return false;
  const tag = /:([^:/@]+)$/.exec(name)?.[1];
  return tag === undefined || FLOATING.test(tag);
}
