import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { addonObjects } from "../../../local/cluster/addons.ts";
import type { KubeObject } from "../../../local/lib/kube.ts";
import { images, layoutOf } from "../../../local/cluster/layout.ts";
import { kubeletConfig } from "../../../local/cluster/node.ts";

const layout = layoutOf("/state/cluster");

describe("addons", () => {
  const objects = addonObjects(layout);
  const find = (kind: string, name: string): KubeObject => {
    const found = objects.find((one) => one.kind === kind && one.metadata.name === name);
    assert.ok(found, `${kind} ${name}`);
    return found;
  };

  it("make `local` the default StorageClass with volumes that get a pod's fsGroup", () => {
    const storage = find("StorageClass", "local");
    assert.deepEqual(storage.metadata["annotations"], {
      "storageclass.kubernetes.io/is-default-class": "true",
      defaultVolumeType: "local",
    });
    assert.equal(storage["reclaimPolicy"], "Delete");
    assert.equal(storage["volumeBindingMode"], "WaitForFirstConsumer");
  });

  it("keep volumes in the cluster's own folder", () => {
    const data = find("ConfigMap", "local-path-config")["data"] as Record<string, string>;
    assert.match(data["config.json"] ?? "", /\/state\/cluster\/volumes/);
    assert.match(data["helperPod.yaml"] ?? "", /docker\.io\/library\/busybox:1\.37/);
  });

  it("answer names at the address that the kubelet gives to pods", () => {
    const spec = find("Service", "kube-dns")["spec"] as { clusterIP: string };
    assert.deepEqual([spec.clusterIP], kubeletConfig(layout)["clusterDNS"]);
  });

  it("use imported images only, and never pull", () => {
    const text = JSON.stringify(objects);
    for (const image of [images.coredns, images.provisioner, images.busybox]) {
      assert.ok(text.includes(image), image);
    }
    assert.doesNotMatch(text, /"imagePullPolicy":"Always"/);
  });

  it("create a namespace before what lies in it", () => {
    const kinds = objects.map((object) => `${object.kind} ${object.metadata.name}`);
    const namespace = kinds.indexOf("Namespace local-path-storage");
    const first = objects.findIndex((one) => one.metadata.namespace === "local-path-storage");
    assert.ok(namespace >= 0 && namespace < first);
  });
});
