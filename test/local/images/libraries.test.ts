import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "mocha";
import { elfNeeds } from "../../../local/images/elf.ts";
import { LocalError } from "../../../local/lib/failure.ts";
import { libraryClosure } from "../../../local/images/libraries.ts";
import { elf } from "./elf.ts";
import { put, temporaryFolder } from "./temporary.ts";

const loader = "/lib64/ld-linux-x86-64.so.2";

function debianRoot(libraries: Record<string, string[]>): string {
  const root = temporaryFolder();
  put(join(root, "lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"), elf([]));
  for (const [name, needs] of Object.entries(libraries)) {
    put(join(root, "usr/lib/x86_64-linux-gnu", name), elf(needs));
  }
  return root;
}

describe("libraries of a program", () => {
  it("are read from a real program as ldd would name them", async () => {
    const needs = await elfNeeds(process.execPath);
    assert.equal(needs?.interpreter, loader);
    assert.ok(needs.libraries.includes("libc.so.6"), needs.libraries.join(" "));
  });

  it("are none for a script and for a static program", async () => {
    const root = temporaryFolder();
    assert.equal(await elfNeeds(put(join(root, "script"), "#!/bin/sh\n")), undefined);
    assert.equal((await libraryClosure([put(join(root, "static"), elf([]))], root)).size, 0);
  });

  it("come with what they need themselves, and with the loader", async () => {
    const root = debianRoot({ "libA.so.1": ["libB.so.2"], "libB.so.2": ["libA.so.1"] });
    const program = put(join(root, "program"), elf(["libA.so.1"], loader));
    assert.deepEqual([...(await libraryClosure([program], root)).keys()].sort(), [
      "usr/lib/x86_64-linux-gnu/libA.so.1",
      "usr/lib/x86_64-linux-gnu/libB.so.2",
      "usr/lib64/ld-linux-x86-64.so.2",
    ]);
  });

  it("are never taken from the host: a missing one is named with who needs it", async () => {
    const root = debianRoot({});
    const program = put(join(root, "program"), elf(["libc.so.6"], loader));
    await assert.rejects(libraryClosure([program], root), (error: Error) => {
      assert.ok(error instanceof LocalError);
      assert.match(error.message, /program needs libc\.so\.6, which no Debian package/);
      return true;
    });
  });
});
