import assert from "node:assert/strict";
import { it } from "mocha";
import type { V1PodSpec } from "@kubernetes/client-node";
import { images } from "../../platform/images.ts";
import { restrictedContainer, restrictedPod } from "../../platform/pods.ts";
import { kubernetes } from "./platform.ts";

/** A pod that `restricted` lets in; the others differ from it in one thing each. */
const harmless: V1PodSpec = {
  automountServiceAccountToken: false,
  securityContext: restrictedPod(1000),
  containers: [{ name: "probe", image: images.node, securityContext: restrictedContainer }],
};
const [container] = harmless.containers as [V1PodSpec["containers"][0]];

const privileged = { ...restrictedContainer, privileged: true, allowPrivilegeEscalation: true };

const refused: Record<string, V1PodSpec> = {
  "a privileged pod": {
    ...harmless,
    containers: [{ ...container, securityContext: privileged }],
  },
  "a pod that mounts a folder of the node": {
    ...harmless,
    volumes: [{ name: "node", hostPath: { path: "/" } }],
  },
  "a pod in the node's network": { ...harmless, hostNetwork: true },
  "a pod that runs as root": {
    ...harmless,
    securityContext: { ...restrictedPod(0), runAsNonRoot: false },
  },
};

/**
 * Tests for a running cluster with the platform: what Pod Security really refuses in these namespaces. Nothing is
 * made: the API server only says what it would do.
 */
export function podSecurityInTheCluster(namespaces: string[]): void {
  for (const namespace of namespaces) {
    it(`lets a harmless pod into ${namespace}`, async () => {
      assert.equal(await answer(namespace, harmless), "accepted");
    });

    for (const [what, spec] of Object.entries(refused))
      it(`refuses ${what} in ${namespace}`, async () => {
        assert.match(await answer(namespace, spec), /violates PodSecurity \\*"restricted:/);
      });
  }
}

async function answer(namespace: string, spec: V1PodSpec): Promise<string> {
  const body = { metadata: { name: "pod-security-probe" }, spec };
  return kubernetes()
    .core.createNamespacedPod({ namespace, body, dryRun: "All" })
    .then(
      () => "accepted",
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
}
