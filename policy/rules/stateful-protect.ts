/** What holds data is not deleted by a slip. */

import { check } from "../engine/policy.ts";
import type { Policy } from "../engine/policy.ts";

export const statefulProtect: Policy = {
  name: "stateful-protect",
  title: "Data is protected from deletion",
  description: "Resources that hold data which cannot be made anew are protected in prod.",
  severity: "high",
  tags: ["pulumi", "data"],
  checks: {
    D17: check(
      "the resource holds data and is not protected",
      "A rename or a wrong destroy deletes it together with its volumes.",
      "Set the stack's protectData to true.",
      "mandatory",
      "off",
    ),
    D17a: check(
      "the resource holds data that is hard to bring back, and is not protected",
      "Its loss means a restore or new secrets everywhere.",
      "Pass protect to the component.",
      "advisory",
      "off",
    ),
  },
  checkResource({ objects, release, opts }, judge) {
    if (opts.protect) return;
    for (const { kind, direct, patch, root } of objects) {
      if (!direct || patch) continue;
      if (kind === "PostgresCluster" || kind === "PersistentVolumeClaim") judge.report("D17", root);
    }
    if (release?.chart === "vault" || release?.chart === "openbao")
      judge.report("D17a", release.props);
  },
};
