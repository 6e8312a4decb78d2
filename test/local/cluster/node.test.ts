import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { layoutOf, networkFolders } from "../../../local/cluster/layout.ts";
import { containerdConfig, kubeletConfig, podNetworkConfig } from "../../../local/cluster/node.ts";
import { stackSettings } from "../../../plan/render.ts";

const layout = layoutOf("/state/cluster");

describe("node configuration", () => {
  it("gives containerd its own root, state, socket and runc folder", () => {
    const text = containerdConfig(layout);
    assert.match(text, /^root = "\/state\/cluster\/containerd"$/m);
    assert.match(text, /^state = "\/state\/cluster\/run"$/m);
    assert.match(text, /address = "\/state\/cluster\/run\/containerd\.sock"/);
    assert.match(text, /Root = "\/state\/cluster\/run\/runc"/);
    assert.match(text, /netns_mounts_under_state_dir = true/);
    assert.match(text, /"io\.containerd\.internal\.v1\.opt"/);
    assert.doesNotMatch(text, /\/var\/lib|"\/run\/(?!shlink-local\/)/);
  });

  it("has network plugins in folders of its own, which dev's stack file names", () => {
    const { mesh } = stackSettings("dev") as { mesh: Record<string, unknown> };
    assert.equal(mesh["cniBinDir"], networkFolders.plugins);
    assert.equal(mesh["cniConfDir"], networkFolders.config);
    const text = containerdConfig(layout);
    assert.ok(text.includes(`bin_dir = "${networkFolders.plugins}"`));
    assert.ok(text.includes(`conf_dir = "${networkFolders.config}"`));
  });

  it("puts pods below the cluster's own control group", () => {
    assert.equal(kubeletConfig(layout)["cgroupRoot"], "/shlink-local");
    assert.equal(kubeletConfig(layout)["cgroupDriver"], "cgroupfs");
  });

  it("never removes an image and evicts only on an almost full disk", () => {
    const config = kubeletConfig(layout);
    assert.equal(config["imageGCHighThresholdPercent"], 100);
    const eviction = config["evictionHard"] as Record<string, string>;
    assert.equal(eviction["imagefs.available"], "1%");
    assert.equal(eviction["nodefs.available"], "1%");
  });

  it("refuses anonymous kubelet access and the read-only port", () => {
    const config = kubeletConfig(layout);
    assert.equal(config["readOnlyPort"], 0);
    assert.match(JSON.stringify(config["authentication"]), /"anonymous":\{"enabled":false\}/);
    assert.deepEqual(config["authorization"], { mode: "Webhook" });
  });

  it("keeps the addresses of pods in the cluster's own folder", () => {
    const text = JSON.stringify(podNetworkConfig(layout));
    assert.match(text, /"dataDir":"\/state\/cluster\/cni\/addresses"/);
    assert.match(text, /"name":"shlink-local"/);
  });

  it("keeps pod logs in the cluster's own folder", () => {
    assert.equal(kubeletConfig(layout)["podLogsDir"], "/state/cluster/pod-logs");
  });
});
