import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { layoutOf } from "../../../local/cluster/layout.ts";
import { withLock } from "../../../local/lib/lock.ts";
import {
  formatIdentity,
  isAlive,
  isSameProcess,
  ownIdentity,
  parseIdentity,
  parseStat,
} from "../../../local/lib/proc.ts";
import { isRunning, lastWords, notedPids, pidFile } from "../../../local/cluster/processes.ts";

const statLine = (name: string, state: string) =>
  `42 (${name}) ${state} 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 10 11`;

/** The id of a process that certainly ended. */
function endedPid(): number {
  return spawnSync("true").pid;
}

describe("recognising processes", () => {
  it("reads state and start time though the name holds blanks and brackets", () => {
    assert.deepEqual(parseStat(statLine("a) R (b", "S")), {
      state: "S",
      parent: 1,
      startTime: "987654",
    });
  });

  it("takes a process with another start time for another process", () => {
    const stat = parseStat(statLine("etcd", "S"));
    assert.ok(isSameProcess({ pid: 42, startTime: "987654" }, stat));
    assert.ok(!isSameProcess({ pid: 42, startTime: "987655" }, stat));
    assert.ok(!isSameProcess({ pid: 42, startTime: "987654" }, undefined));
  });

  it("takes a zombie for ended", () => {
    const stat = parseStat(statLine("etcd", "Z"));
    assert.ok(!isSameProcess({ pid: 42, startTime: "987654" }, stat));
  });

  it("knows itself as alive and an ended process as not", async () => {
    const own = await ownIdentity();
    assert.ok(await isAlive(own));
    assert.ok(!(await isAlive({ ...own, startTime: "1" })));
    assert.ok(!(await isAlive({ pid: endedPid(), startTime: own.startTime })));
  });

  it("refuses a half-written note", () => {
    assert.deepEqual(parseIdentity("42 987\n"), { pid: 42, startTime: "987" });
    for (const text of ["", "42", "42 \n", "x 1\n"]) assert.equal(parseIdentity(text), undefined);
  });

  it("quotes the error of a log, not the line that happens to be last", () => {
    const log = "I0101 starting\nE0101 listen: address in use\nI0101 goodbye\n";
    assert.equal(lastWords(log), "E0101 listen: address in use");
    assert.equal(lastWords("one\ntwo\n\n"), "two");
    assert.equal(lastWords(""), "its log is empty");
  });
});

describe("with files", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "cluster-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  describe("notes of processes", () => {
    it("count a process as running only while it is the one that was started", async () => {
      const layout = layoutOf(folder);
      await mkdir(layout.pids);
      const own = await ownIdentity();
      await writeFile(pidFile(layout, "etcd"), formatIdentity(own));
      await writeFile(pidFile(layout, "kubelet"), formatIdentity({ ...own, startTime: "1" }));
      assert.equal(await isRunning(layout, "etcd"), true);
      assert.equal(await isRunning(layout, "kubelet"), false);
      assert.equal(await isRunning(layout, "kube-proxy"), false);
      assert.deepEqual(await notedPids(layout), [process.pid]);
    });
  });

  describe("the lock", () => {
    const file = () => join(folder, "state", "cluster.lock");

    it("is held during the action and leaves nothing behind", async () => {
      const held = await withLock(file(), () => readFile(file(), "utf8"));
      assert.equal(held, formatIdentity(await ownIdentity()));
      assert.deepEqual(await readdir(join(folder, "state")), []);
    });

    it("is released when the action fails", async () => {
      await assert.rejects(
        withLock(file(), () => Promise.reject(new Error("no"))),
        /^Error: no$/,
      );
      assert.deepEqual(await readdir(join(folder, "state")), []);
    });

    it("refuses a second holder in one sentence that names the process", async () => {
      await withLock(file(), async () => {
        const second = withLock(file(), () => Promise.resolve());
        await assert.rejects(second, new RegExp(`by process ${process.pid}: wait`));
        assert.deepEqual(await readdir(join(folder, "state")), ["cluster.lock"]);
      });
    });

    for (const [what, stale] of [
      ["a killed holder", () => formatIdentity({ pid: endedPid(), startTime: "5" })],
      [
        "a holder whose process id belongs to another program now",
        () => formatIdentity({ pid: process.pid, startTime: "5" }),
      ],
      ["a power cut in the middle of writing", () => ""],
    ] as const) {
      it(`takes over the lock of ${what}`, async () => {
        await mkdir(join(folder, "state"));
        await writeFile(file(), stale());
        assert.equal(await withLock(file(), () => Promise.resolve("done")), "done");
        assert.deepEqual(await readdir(join(folder, "state")), []);
      });
    }
  });
});
