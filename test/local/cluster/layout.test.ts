import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { foldersOf, layoutOf } from "../../../local/cluster/layout.ts";
import { clusterFolder } from "../../../local/lib/paths.ts";

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
