import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { replaceFile, writeNewFile } from "../../effects/files.ts";

/** Calls one of the functions in a process whose files may have a kilobyte, as on a disk that is full then. */
function onFullDisk(name: string, file: string): string {
  const program = `import(${JSON.stringify(join(process.cwd(), "effects/files.ts"))})
    .then((own) => own[${JSON.stringify(name)}](${JSON.stringify(file)}, "x".repeat(9999)))
    .catch((error) => console.log(error.message));`;
  const limited = `trap '' XFSZ; ulimit -f 1; exec "$0" -e "$1"`;
  return spawnSync("bash", ["-c", limited, process.execPath, program], { encoding: "utf8" }).stdout;
}

describe("A file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "shlink-platform-files-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const file = () => join(folder, "file");

  it("that is new is its owner's alone, and takes the place of none", () => {
    writeNewFile(file(), "mine");
    assert.equal(statSync(file()).mode & 0o777, 0o600);
    assert.throws(() => writeNewFile(file(), "other"), /file cannot be written \(EEXIST.*name ano/);
    assert.equal(readFileSync(file(), "utf8"), "mine");
  });

  it("that is new is not left behind in pieces where the disk is full", () => {
    assert.match(
      onFullDisk("writeNewFile", file()),
      /file cannot be written \(EFBIG.*\): name ano/,
    );
    assert.deepEqual(readdirSync(folder), []);
  });

  it("that is replaced stays as it was where the disk is full", () => {
    writeFileSync(file(), "mine");
    assert.match(onFullDisk("replaceFile", file()), /\(EFBIG.*\), and was not changed\.$/m);
    assert.deepEqual(readdirSync(folder), ["file"]);
    assert.equal(readFileSync(file(), "utf8"), "mine");
    replaceFile(file(), "yours");
    assert.equal(readFileSync(file(), "utf8"), "yours");
  });

  it("that cannot take its place is not left beside it", () => {
    mkdirSync(file());
    assert.throws(
      () => replaceFile(file(), "mine"),
      /file cannot be written \(EISDIR.*not changed/,
    );
    assert.deepEqual(readdirSync(folder), ["file"]);
  });

  it("is named in a sentence where its folder is not there", () => {
    for (const write of [writeNewFile, replaceFile])
      assert.throws(
        () => write(join(folder, "no", "file"), ""),
        /no\/file cannot be written \(ENOENT/,
      );
  });
});
