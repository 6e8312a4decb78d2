/** Images are what was tested. */

import { code } from "../engine/policy.js";
import { containers, embeddedContainers, podTemplates } from "../engine/podspecs.js";

/**
 * @import { Policy, Judge } from "../engine/policy.js"
 * @import { Node } from "../engine/reader.js"
 */

const FLOATING =
  /^(latest|stable|edge|main|master|nightly|dev|canary|\d+|v\d+|\d+(\.\d+)?-alpine|alpine|slim)$/;
const GONE =
  /^(k8s\.gcr\.io|gcr\.io\/google[-_]containers|docker\.io\/bitnami|bitnami|docker\.io\/bitnamilegacy|bitnamilegacy|quay\.io\/bitnami)\//;

/** @type {Policy} */
export const containerImages = {
  name: "container-images",
  title: "Images are pinned",
  description: "Containers name one exact image version from a living registry.",
  severity: "high",
  tags: ["workloads", "supply-chain"],
  codes: {
    K01: code(
      "the image has no exact tag",
      "The next pod to start may run something else than its neighbours.",
      "State the full version in platform/images.ts.",
    ),
    K03: code(
      "the image comes from a registry that is no longer maintained",
      "It gets no fixes and may vanish.",
      "Use the project's own image.",
    ),
    K03a: code(
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
  check(resource, judge) {
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

/** @param {Node} node @param {Judge} judge */
function image(node, judge) {
  judge.when("K01", node, ({ absent }) => !absent && floating(node.text()));
  judge.when("K03", node, () => GONE.test(node.text()));
  const registries = judge.list("registries");
  if (registries.length === 0 || node.absent) return;
  judge.when("K03a", node, () => !registries.some((prefix) => node.text().startsWith(prefix)));
}

/** @param {string} name */
function floating(name) {
  if (/@sha256:[0-9a-f]{64}$/.test(name)) return false;
  const tag = /:([^:/@]+)$/.exec(name)?.[1];
  return tag === undefined || FLOATING.test(tag);
}
