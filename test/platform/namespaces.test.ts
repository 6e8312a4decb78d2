import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { namespaceNames, podSecurityLabels } from "../../platform/namespaces.ts";

describe("Pod Security", () => {
  const below = (cni: boolean) =>
    namespaceNames(cni)
      .map((name) => [name, podSecurityLabels(name, cni)["pod-security.kubernetes.io/enforce"]])
      .filter(([, level]) => level !== "restricted");
  it("is restricted everywhere but where the mesh redirects traffic", () => {
    assert.deepEqual(below(true), [["istio-cni", "privileged"]]);
    assert.deepEqual(below(false), [["shlink", undefined]]);
  });
});
