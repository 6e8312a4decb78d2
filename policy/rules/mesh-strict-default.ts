/** Mutual TLS holds for namespaces that nobody thought of. */

import { check } from "../engine/policy.ts";
import type { Policy } from "../engine/policy.ts";

export const meshStrictDefault: Policy = {
  name: "mesh-strict-default",
  title: "Mutual TLS is the default of the mesh",
  description:
    "Where istiod is installed, a PeerAuthentication in its namespace demands STRICT for the whole mesh.",
  severity: "medium",
  tags: ["istio", "mtls"],
  checks: {
    I08: check(
      "no PeerAuthentication demands STRICT for the whole mesh",
      "A namespace added later accepts plaintext until somebody thinks of it.",
      "Add a PeerAuthentication named default with mode STRICT to istiod's namespace.",
      "advisory",
      "off",
    ),
  },
  checkStack(resources, judge) {
    const istiod = resources.find(({ release }) => release?.chart === "istiod");
    if (istiod?.release === undefined) return;
    const { namespace, props } = istiod.release;
    const strict = resources
      .flatMap((resource) => resource.objects)
      .some(
        ({ kind, root, namespace: own }) =>
          kind === "PeerAuthentication" &&
          own === namespace &&
          root.at("spec.selector").absent &&
          root.at("spec.mtls.mode").text() === "STRICT",
      );
    if (!strict) judge.report("I08", props);
  },
};
