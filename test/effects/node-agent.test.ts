import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { agentObstacle } from "../../effects/node-agent.ts";

const bare = { ownFolders: false };

describe("Istio's node agent", () => {
  it("cannot work on GKE without its platform, whose quota its chart brings", () => {
    const gke = "v1.33.5-gke.1080000";
    assert.equal(
      agentObstacle(gke, bare, "here"),
      "Istio's node agent cannot work in context here (Kubernetes v1.33.5-gke.1080000) as mesh.platform is set: GKE refuses " +
        "its system-critical pods outside of kube-system unless a quota names them; set mesh.platform to gke, or mesh.cni " +
        "to false.",
    );
    assert.match(agentObstacle(gke, { ownFolders: true }, "here") ?? "", /a quota names them/);
    assert.equal(agentObstacle(gke, { ...bare, platform: "gke" }, "here"), undefined);
  });

  it("cannot work on k3s unless it is told of the folders, by the platform or one by one", () => {
    const k3s = "v1.34.1+k3s1";
    assert.match(agentObstacle(k3s, bare, "here") ?? "", /set mesh\.platform to k3s or k3d, or/);
    assert.match(agentObstacle(k3s, { ...bare, platform: "gke" }, "here") ?? "", /k3s has the/);
    for (const platform of ["k3s", "k3d"])
      assert.equal(agentObstacle(k3s, { ...bare, platform }, "here"), undefined);
    assert.equal(agentObstacle(k3s, { ownFolders: true }, "here"), undefined);
  });

  it("needs nothing elsewhere, and nothing where there is none", () => {
    for (const version of ["v1.34.4", "v1.33.4-eks-113cf36", "v1.34.1+rke2r1", "v1.31.6"])
      assert.equal(agentObstacle(version, bare, "here"), undefined);
    assert.equal(agentObstacle("v1.33.5-gke.1", undefined, "here"), undefined);
  });
});
