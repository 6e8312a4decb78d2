/** Redis asks for a password and survives a node. */

import { check } from "../engine/policy.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { Cursor } from "../engine/cursor.ts";

export const redisFailover: Policy = {
  name: "redis-failover",
  title: "Redis is guarded and redundant",
  description:
    "RedisFailovers demand a password, keep it out of their configuration, and have an odd number of sentinels.",
  severity: "high",
  tags: ["redis"],
  checks: {
    D12: check(
      "Redis asks for no password",
      "Every pod of the cluster can then read and change locks and caches.",
      "Set auth.secretPath to the Secret that the cache component syncs from Vault.",
    ),
    D13: check(
      "there are too few servers or sentinels for a failover",
      "Two sentinels out of three have to agree; an even number adds nothing.",
      "Set the stack's redis.replicas to 3 or more, and redis.sentinels to 3 or 5.",
      "mandatory",
      "off",
    ),
    D14: check(
      "the image is left to the operator",
      "The operator's default is a Redis that is years old.",
      "Name the image; platform/images.ts has it.",
      "advisory",
    ),
    D15: check(
      "the configuration weakens or contains the password",
      "It is readable in the resource, and protected mode is the last line.",
      "Use auth.secretPath, and remove the line.",
    ),
    D16: check(
      "the pods share the node's network",
      "Redis then listens on the node's own addresses.",
      "Remove hostNetwork.",
    ),
  },
  checkResource(resource, judge) {
    for (const { kind, group, root, patch } of resource.objects) {
      if (kind !== "RedisFailover" || group !== "databases.spotahome.com") continue;
      const spec = root.get("spec");
      if (!patch)
        judge.when("D12", spec.at("auth.secretPath"), (node) => node.absent || node.text() === "");
      // The operator's default is three of each.
      judge.when("D13", spec.at("redis.replicas"), (node) => (node.number() ?? 3) < 3);
      judge.when(
        "D13",
        spec.at("sentinel.replicas"),
        (node) => (node.number() ?? 3) < 3 || (node.number() ?? 3) % 2 === 0,
      );
      for (const part of ["redis", "sentinel"]) member(spec.get(part), patch, judge);
    }
  },
};

function member(part: Cursor, patch: boolean, judge: Judge) {
  if (!patch) judge.when("D14", part.get("image"), (node) => node.absent);
  judge.when("D16", part.get("hostNetwork"), (node) => node.isTrue());
  for (const line of part.get("customConfig").items()) {
    judge.when("D15", line, (node) =>
      /^\s*(requirepass|masterauth|user\s|protected-mode\s+"?no)/i.test(node.text()),
    );
  }
}
