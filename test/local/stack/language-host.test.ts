import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { repository } from "../../../local/lib/paths.ts";
import { languageHostScript } from "../../../local/stack/language-host.ts";
import { executable, home, useHome } from "../../support/home.ts";

describe("The language host's script", () => {
  useHome();

  /** Starts it as the engine does, in a program's folder, and returns the arguments that the host gets. */
  function argumentsIn(program: string): string[] {
    const bin = join(home, "bin");
    mkdirSync(bin);
    executable(join(bin, "language-host"), `for word in "$@"; do echo "$word"; done`);
    executable(join(bin, "pulumi-language-nodejs"), languageHostScript);
    const command = join(bin, "pulumi-language-nodejs");
    const { stdout } = spawnSync(command, ["127.0.0.1:1"], { cwd: program, encoding: "utf8" });
    return stdout.trimEnd().split("\n");
  }

  it("hands over this program's options", () => {
    copyFileSync(join(repository, "Pulumi.yaml"), join(home, "Pulumi.yaml"));
    assert.deepEqual(argumentsIn(home), [
      "-typescript=false",
      "-nodeargs=--max-semi-space-size=8 --import ./effects/lean.ts",
      "127.0.0.1:1",
    ]);
  });

  it("takes the host's defaults where a program has no options", () => {
    writeFileSync(join(home, "Pulumi.yaml"), "name: other\nruntime: nodejs\n");
    assert.deepEqual(argumentsIn(home), ["-typescript=true", "-nodeargs=", "127.0.0.1:1"]);
  });

  it("takes the host's defaults where there is no program", () => {
    assert.deepEqual(argumentsIn(home), ["-typescript=true", "-nodeargs=", "127.0.0.1:1"]);
  });
});
