import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, it } from "mocha";
import type { Run } from "../../../local/lib/run.ts";
import { recipeOf } from "../../../local/toolchain/catalogue.ts";
import { onPath } from "../../../local/toolchain/path.ts";
import { put, temporaryFolder } from "../images/temporary.ts";

describe("a tool on PATH", () => {
  let folder = "";
  let asked: string[] = [];
  beforeEach(() => {
    [folder, asked] = [temporaryFolder(), []];
  });

  const executable = (name: string) => put(join(folder, name), "", 0o755);

  /** Stands for the tools on PATH: each prints its version. */
  const printing =
    (version: (command: string) => string, code = 0): Run =>
    (command) => {
      asked.push(command);
      return Promise.resolve({ code, stdout: version(command), output: version(command) });
    };

  it("is taken with both its binaries when both have the right version", async () => {
    const kubectl = executable("kubectl");
    const helm = executable("helm");
    const run = printing((command) => (command === helm ? "v4.1.0+g1" : "Client Version: v1.34.2"));
    const found = await onPath(recipeOf("kubectl"), run, folder);
    assert.equal(found?.get("kubectl"), kubectl);
    assert.equal(found?.get("helm"), helm);
  });

  it("is passed over in a wrong version, when it fails, and without its second binary", async () => {
    executable("pulumi");
    const ask = (output: string, code = 0) =>
      onPath(
        recipeOf("pulumi"),
        printing(() => output, code),
        folder,
      );
    const { version } = recipeOf("pulumi");
    assert.equal(await ask("v3.258.0\n"), undefined);
    assert.equal(await ask(`v${version}1\n`), undefined);
    assert.equal(await ask(`v${version.replaceAll(".", "x")}\n`), undefined);
    assert.equal(await ask(`v${version}\n`, 1), undefined);
    assert.ok(await ask(`v${version}\n`));
    executable("kubectl");
    const both = printing(() => "v1.34.0 v4.1.0");
    assert.equal(await onPath(recipeOf("kubectl"), both, folder), undefined);
  });

  it("is passed over where it is a copy of our own, also by a link, for one that follows", async () => {
    const [own, linked] = [temporaryFolder(), temporaryFolder()];
    const bin = join(own, "pulumi/bin");
    symlinkSync(put(join(bin, "pulumi"), "", 0o755), join(linked, "pulumi"));
    const run = printing(() => `v${recipeOf("pulumi").version}\n`);
    const ask = (...folders: string[]) => onPath(recipeOf("pulumi"), run, folders.join(":"), own);
    assert.equal(await ask(bin, linked), undefined);
    assert.deepEqual(asked, []);
    const foreign = executable("pulumi");
    assert.equal((await ask(bin, linked, folder))?.get("pulumi"), foreign);
  });

  it("is never taken when it goes into an image", async () => {
    executable("coredns");
    const run = printing(() => "1.15.0");
    assert.equal(await onPath(recipeOf("coredns"), run, folder), undefined);
    assert.deepEqual(asked, []);
  });
});
