/** Inside the mesh everything is mutual TLS, without exceptions that nobody sees. */

import { check } from "../engine/policy.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { KubeObject } from "../engine/normalise.ts";
import type { Cursor } from "../engine/cursor.ts";

const WHY = "Without mutual TLS any pod can read the traffic and pretend to be another.";
const ROOT_NAMESPACE = "istio-system";

export const meshMtls: Policy = {
  name: "mesh-mtls",
  title: "The mesh demands mutual TLS",
  description:
    "Peer authentication is STRICT, on every port, and no destination rule turns TLS off.",
  severity: "high",
  tags: ["istio", "mtls"],
  checks: {
    I06: check(
      "the mode lets plaintext in",
      WHY,
      "Set the mode to STRICT, or leave it to the parent.",
    ),
    I07: check(
      "a port is excepted from mutual TLS",
      WHY,
      "Remove the exception; probes are rewritten by the sidecar and need none.",
    ),
    I09: check(
      "the destination rule sends plaintext",
      "It overrides the mesh's own mutual TLS for this destination.",
      "Use ISTIO_MUTUAL inside the mesh, and SIMPLE with a CA outside.",
    ),
    I10: check(
      "the destination rule does not verify the server",
      "TLS without a CA to check against accepts any server.",
      "Set caCertificates or credentialName, and remove insecureSkipVerify.",
    ),
  },
  checkResource(resource, judge) {
    for (const object of resource.objects) {
      if (object.group === "security.istio.io" && object.kind === "PeerAuthentication")
        peers(object, judge);
      if (object.group === "networking.istio.io" && object.kind === "DestinationRule")
        destination(object, judge);
    }
  },
};

function peers({ root, namespace, patch }: KubeObject, judge: Judge) {
  const spec = root.get("spec");
  const mode = spec.at("mtls.mode");
  judge.when("I06", mode, (node) => {
    if (["DISABLE", "PERMISSIVE"].includes(node.text())) return true;
    const unset = node.absent || node.text() === "UNSET";
    if (unset && namespace === ROOT_NAMESPACE && !patch)
      return "an unset mode means PERMISSIVE for the whole mesh";
    return false;
  });
  for (const [, port] of spec.get("portLevelMtls").entries()) {
    judge.when("I07", port.get("mode"), (node) => ["DISABLE", "PERMISSIVE"].includes(node.text()));
  }
}

function destination({ root }: KubeObject, judge: Judge) {
  const spec = root.get("spec");
  const policies = [
    spec.get("trafficPolicy"),
    ...spec
      .get("subsets")
      .items()
      .map((s) => s.get("trafficPolicy")),
  ];
  for (const policy of policies) {
    const ports = policy.get("portLevelSettings").items();
    for (const settings of [policy, ...ports]) clientTls(settings.get("tls"), judge);
  }
}

function clientTls(tls: Cursor, judge: Judge) {
  if (tls.absent) return;
  const mode = tls.get("mode");
  judge.when("I09", mode, (node) => node.absent || node.text() === "DISABLE");
  judge.when("I10", tls.get("insecureSkipVerify"), (node) => node.isTrue());
  if (!["SIMPLE", "MUTUAL"].includes(mode.text())) return;
  if (tls.get("caCertificates").absent && tls.get("credentialName").absent)
    judge.report("I10", tls);
}
