import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { LocalError } from "../../../local/lib/failure.ts";
import { bringInto } from "../../../local/cluster/images.ts";
import { layoutOf, type Layout } from "../../../local/cluster/layout.ts";
import { temporaryFolder } from "../images/temporary.ts";

/** Answers as ctr does, keeps what it was asked to pull, and fails for names with "absent". */
const ctr = `#!/bin/sh
case "$*" in
  *"pull --help"*) cat "$FOLDER/help" ;;
  *" list "*) cat "$FOLDER/present" ;;
  *absent*) echo "unexpected status: 404 Not Found" >&2; exit 1 ;;
  *" pull "*)
    for name; do :; done
    echo "$name" >> "$FOLDER/present"
    echo "$*" >> "$FOLDER/pulls" ;;
esac
`;

describe("images pulled by name", () => {
  const path = process.env["PATH"];
  let folder = "";
  let layout: Layout;
  let reported: string[] = [];

  beforeEach(() => {
    folder = temporaryFolder();
    layout = layoutOf(join(folder, "cluster"));
    mkdirSync(layout.imported, { recursive: true });
    for (const file of ["help", "present"]) writeFileSync(join(folder, file), "");
    writeFileSync(join(folder, "ctr"), ctr);
    chmodSync(join(folder, "ctr"), 0o755);
    process.env["PATH"] = [folder, path].join(delimiter);
    process.env["FOLDER"] = folder;
    reported = [];
  });
  afterEach(() => {
    process.env["PATH"] = path;
    delete process.env["FOLDER"];
  });

  const pull = (...names: string[]) =>
    bringInto(
      layout,
      names.map((name) => ({ pull: name })),
      (line) => reported.push(line),
    );
  const pulls = () =>
    existsSync(join(folder, "pulls"))
      ? readFileSync(join(folder, "pulls"), "utf8").trim().split("\n")
      : [];

  it("go into the cluster's own containerd, and each is reported", async () => {
    await pull("x.io/a:1");
    assert.deepEqual(pulls(), [
      `--address ${layout.containerdSocket} --namespace k8s.io images pull --snapshotter overlayfs x.io/a:1`,
    ]);
    assert.deepEqual(reported, ["Pulling x.io/a:1"]);
  });

  it("are downloaded by the client, for which newer versions have to be asked", async () => {
    writeFileSync(join(folder, "help"), "   --local  Fetch content from local client\n");
    await pull("x.io/a:1");
    assert.match(pulls()[0] ?? "", / pull --local --snapshotter overlayfs x\.io\/a:1$/);
  });

  it("are not asked for again, unless they are gone from the cluster", async () => {
    await pull("x.io/a:1", "x.io/b:2");
    await pull("x.io/a:1", "x.io/b:2");
    assert.equal(pulls().length, 2);
    writeFileSync(join(folder, "present"), "x.io/a:1\n");
    await pull("x.io/a:1", "x.io/b:2");
    assert.match(pulls()[2] ?? "", /x\.io\/b:2$/);
    assert.equal(pulls().length, 3);
  });

  it("that cannot be had are named, with the registry's word and the way out", async () => {
    await assert.rejects(pull("x.io/absent:1"), (error: Error) => {
      assert.ok(error instanceof LocalError);
      assert.match(error.message, /image x\.io\/absent:1 cannot be pulled: .*404 Not Found/);
      assert.match(error.message, /make clean-local, then SUPPLY=built make up/);
      return true;
    });
  });
});
