import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { addonObjects } from "../../../local/cluster/addons.ts";
import type { KubeObject } from "../../../local/lib/kube.ts";
import {
  apiServerFlags,
  auditPolicy,
  controllerManagerFlags,
  controlPlane,
  etcdFlags,
} from "../../../local/cluster/control-plane.ts";
import { kubeconfig } from "../../../local/cluster/kubeconfig.ts";
import { foldersOf, images, layoutOf, networkFolders } from "../../../local/cluster/layout.ts";
import {
  containerdConfig,
  kubeletConfig,
  nodeProcesses,
  podNetworkConfig,
} from "../../../local/cluster/node.ts";
import { clusterFolder } from "../../../local/lib/paths.ts";
import { stackSettings } from "../../../plan/render.ts";

const layout = layoutOf("/state/cluster");

describe("layout of the local cluster", () => {
  it("follows XDG_STATE_HOME, and falls back to the home folder", () => {
    assert.equal(clusterFolder({ XDG_STATE_HOME: "/x" }), "/x/shlink-platform/cluster");
    assert.equal(
      clusterFolder({ HOME: "/home/a" }),
      "/home/a/.local/state/shlink-platform/cluster",
    );
  });

  it("keeps every folder below the state folder and closed to others, except volumes", () => {
    for (const { path, mode } of foldersOf(layout)) {
      assert.ok(path === layout.state || path.startsWith(`${layout.state}/`), path);
      assert.equal(mode, path === layout.volumes ? 0o755 : 0o700, path);
    }
  });

  it("keeps the lock outside of the folder that a stop removes", () => {
    assert.equal(layout.lock, "/state/cluster.lock");
  });
});

describe("control plane flags", () => {
  it("keep the API server at the node's address with authorisation, audit and own issuer", () => {
    const flags = apiServerFlags(layout);
    assert.equal(flags["advertise-address"], "10.201.0.2");
    assert.equal(flags["authorization-mode"], "Node,RBAC");
    assert.equal(flags["audit-log-path"], "/state/cluster/logs/audit.log");
    assert.equal(flags["service-account-issuer"], "https://kubernetes.default.svc.cluster.local");
    assert.equal(flags["kubelet-certificate-authority"], "/state/cluster/pki/ca.crt");
  });

  it("leave default admission on (PodSecurity) and AlwaysPullImages off", () => {
    const flags = apiServerFlags(layout);
    assert.equal(flags["enable-admission-plugins"], "NodeRestriction");
    assert.equal(flags["disable-admission-plugins"], undefined);
  });

  it("have the mutating admission policies that keep the Redis password out of a ConfigMap", () => {
    const flags = apiServerFlags(layout);
    assert.equal(flags["feature-gates"], "MutatingAdmissionPolicy=true");
    assert.equal(flags["runtime-config"], "admissionregistration.k8s.io/v1beta1=true");
  });

  it("record who did what, but no content", () => {
    assert.deepEqual(auditPolicy.rules, [{ level: "Metadata" }]);
  });

  it("give etcd loopback addresses only", () => {
    const urls = Object.entries(etcdFlags(layout)).filter(([name]) => name.includes("urls"));
    assert.equal(urls.length, 4);
    for (const [, url] of urls) assert.match(url, /^http:\/\/127\.0\.0\.1:/);
  });

  it("run every default controller and publish the authority to pods", () => {
    const flags = controllerManagerFlags(layout);
    assert.equal(flags["controllers"], "*");
    assert.equal(flags["root-ca-file"], "/state/cluster/pki/ca.crt");
    assert.equal(flags["allocate-node-cidrs"], "true");
  });

  it("hold no secret: keys and passwords are named by file", () => {
    const all = [...controlPlane(layout), ...nodeProcesses(layout, "/usr/bin/containerd")];
    assert.equal(all.length, 7);
    for (const arg of all.flatMap(({ args }) => args)) {
      assert.doesNotMatch(arg, /-----BEGIN|password|token=/i);
    }
  });
});

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

describe("kubeconfig", () => {
  it("names the context shlink-local and embeds everything it needs", () => {
    const text = kubeconfig("admin", { authority: "A", certificate: "C", key: "K" });
    const config = JSON.parse(text) as Record<string, unknown>;
    assert.equal(config["current-context"], "shlink-local");
    assert.match(text, /"server": "https:\/\/10\.201\.0\.2:6443"/);
    assert.match(text, /"client-key-data": "Sw=="/);
    assert.doesNotMatch(text, /"client-key":|insecure/);
  });
});

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
