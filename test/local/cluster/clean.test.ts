import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import {
  cgroupTrees,
  createCgroups,
  groupsBelow,
  restoreControllers,
  systemCgroup,
  thaw,
} from "../../../local/cluster/cgroups.ts";
import { haltSteps, removeStateStep, runSteps } from "../../../local/cluster/clean.ts";
import { layoutOf } from "../../../local/cluster/layout.ts";
import { mountsBelow, parseMounts } from "../../../local/cluster/mounts.ts";
import { mergeRecords, outsidePaths, type HostRecord } from "../../../local/cluster/record.ts";
import { compareSnapshots } from "../../../local/cluster/snapshot.ts";

const line = (point: string, type = "tmpfs", options = "rw") =>
  `36 35 98:0 / ${point} rw,noatime shared:1 - ${type} ${type} ${options}`;

describe("order of cleaning", () => {
  const order = [...haltSteps, removeStateStep].map((step) => step.name);
  const before = (first: string, second: string) => {
    assert.ok(order.includes(first) && order.includes(second), `${first}, ${second}`);
    assert.ok(order.indexOf(first) < order.indexOf(second), `${first} before ${second}`);
  };

  it("ends what restarts containers before the containers", () => {
    before("end the node and the control plane", "end containers");
  });

  it("ends all processes before mounts, control groups and the network go", () => {
    before("end containers", "unmount");
    before("end containers", "remove control groups");
    before("end containers", "remove the network");
  });

  it("deletes the state folder, with the record of the host in it, last of all", () => {
    assert.equal(order.at(-1), "remove the state folder");
    before("unmount", "remove the state folder");
  });

  describe("when a step fails", () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "cluster-"));
      await writeFile(join(folder, "etcd"), "");
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    it("still takes the other steps, deletes nothing, and names what failed", async () => {
      const done: string[] = [];
      const steps = [
        { name: "unmount", run: () => Promise.reject(new Error("still mounted: /x")) },
        { name: "network", run: () => Promise.resolve(void done.push("network")) },
        removeStateStep,
      ];
      await assert.rejects(runSteps(layoutOf(folder), steps), /unmount: still mounted: \/x/);
      assert.deepEqual(done, ["network"]);
      assert.deepEqual(await readdir(folder), ["etcd"]);
    });

    it("deletes the state folder when every step succeeded", async () => {
      await runSteps(layoutOf(folder), [removeStateStep]);
      await assert.rejects(readdir(folder), /ENOENT/);
    });
  });
});

describe("mounts", () => {
  it("are unmounted in the reverse order of mounting, and no others", () => {
    const text = ["/", "/s/cluster/a", "/s/cluster/a/b", "/s/cluster2", "/s/cluster"].map((point) =>
      line(point),
    );
    const points = mountsBelow(parseMounts(text.join("\n")), "/s/cluster");
    assert.deepEqual(points, ["/s/cluster", "/s/cluster/a/b", "/s/cluster/a"]);
  });

  it("with blanks in their path are understood", () => {
    const [mount] = parseMounts(line("/s/my\\040folder"));
    assert.equal(mount?.point, "/s/my folder");
  });
});

describe("control groups", () => {
  const v1 = ["cpuset", "memory", "pids"].map((name) =>
    line(`/sys/fs/cgroup/${name}`, "cgroup", `rw,${name}`),
  );
  const v2 = line("/sys/fs/cgroup", "cgroup2");

  it("of version 1 track processes without taking them out of their memory group", () => {
    const trees = cgroupTrees(parseMounts(v1.join("\n")));
    assert.equal(systemCgroup(trees), "/sys/fs/cgroup/pids/shlink-local/system");
    assert.equal(trees.cpuset, "/sys/fs/cgroup/cpuset");
    assert.equal(trees.unified, false);
    assert.equal(trees.roots.length, 3);
  });

  it("of version 2 are one tree", () => {
    const trees = cgroupTrees(parseMounts(v2));
    assert.equal(systemCgroup(trees), "/sys/fs/cgroup/shlink-local/system");
    assert.equal(trees.unified, true);
    assert.equal(trees.cpuset, undefined);
  });

  it("of version 2 switch controllers on from the root down, and off again at the root", async () => {
    const root = await mkdtemp(join(tmpdir(), "cgroup2-"));
    const control = (group: string) => join(root, group, "cgroup.subtree_control");
    try {
      const trees = cgroupTrees(parseMounts(line(root, "cgroup2")));
      await createCgroups(trees);
      // A plain file keeps the last line written; the kernel would collect them.
      assert.equal(await readFile(control(""), "utf8"), "+pids");
      assert.equal(await readFile(control("shlink-local"), "utf8"), "+pids");
      assert.deepEqual(await readdir(join(root, "shlink-local", "system")), []);
      await writeFile(control(""), "cpu cpuset io memory\n");
      await restoreControllers(trees, ["cpu", "memory"]);
      assert.equal(await readFile(control(""), "utf8"), "-cpuset");
    } finally {
      await rm(root, { recursive: true });
    }
  });

  it("are thawed, those of containers too, for what is frozen takes no signal", async () => {
    const root = await mkdtemp(join(tmpdir(), "cgroups-"));
    try {
      const [first, second] = [join(root, "freezer"), join(root, "unified")];
      const group = (tree: string) => join(tree, "shlink-local", "kubepods", "container");
      for (const tree of [first, second]) await mkdir(group(tree), { recursive: true });
      await writeFile(join(group(first), "freezer.state"), "FROZEN");
      await writeFile(join(group(second), "cgroup.freeze"), "1");
      await thaw({ roots: [first, second], tracking: first, cpuset: undefined, unified: false });
      assert.equal(await readFile(join(group(first), "freezer.state"), "utf8"), "THAWED");
      assert.equal(await readFile(join(group(second), "cgroup.freeze"), "utf8"), "0");
      assert.deepEqual(await readdir(group(second)), ["cgroup.freeze"]);
    } finally {
      await rm(root, { recursive: true });
    }
  });

  it("that do not exist have no groups below them", async () => {
    assert.deepEqual(await groupsBelow("/nowhere/shlink-local"), []);
  });
});

describe("record of the host", () => {
  const record = (bootId: string, absent: string[], memory: string): HostRecord => ({
    bootId,
    absent,
    settings: { "vm/overcommit_memory": memory },
    controllers: [],
  });

  it("of the first start is never overwritten by a later one", () => {
    const first = record("a", ["/run/containerd"], "0");
    assert.deepEqual(mergeRecords(first, record("a", [], "1")), first);
  });

  it("after a reboot keeps what it knew of the disk and looks anew at the rest", () => {
    const first = record("a", ["/var/lib/kubelet", "/run/netns"], "0");
    const merged = mergeRecords(first, record("b", ["/run/containerd"], "2"));
    assert.deepEqual(merged, record("b", ["/var/lib/kubelet", "/run/containerd"], "2"));
  });

  it("lists children before parents, so that empty folders can be removed in order", () => {
    for (const [at, path] of outsidePaths.entries()) {
      const parents = outsidePaths.slice(0, at).filter((other) => path.startsWith(`${other}/`));
      assert.deepEqual(parents, [], path);
    }
  });
});

describe("comparing snapshots of the host", () => {
  it("finds nothing when nothing changed", () => {
    assert.deepEqual(compareSnapshots({ mounts: ["/ ext4"] }, { mounts: ["/ ext4"] }), []);
  });

  it("names what is left over and what is lost, by heading", () => {
    const before = { mounts: ["/ ext4"], processes: ["a"] };
    const after = { mounts: ["/ ext4", "/x tmpfs"], processes: [] };
    const expected = ["+ mounts: /x tmpfs", "- processes: a"];
    assert.deepEqual(compareSnapshots(before, after), expected);
  });

  it("counts a line that is there once more than before", () => {
    assert.deepEqual(compareSnapshots({ mounts: ["/x"] }, { mounts: ["/x", "/x"] }), [
      "+ mounts: /x",
    ]);
  });
});
