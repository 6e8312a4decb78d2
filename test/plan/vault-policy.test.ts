import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { stringify } from "yaml";
import { repository } from "../../local/lib/paths.ts";
import { merge } from "../../local/stack/stacks.ts";
import { stackSettings } from "../../plan/render.ts";
import { existing, noVault } from "../support/existing.ts";
import { runProgram, startProgram } from "../support/program.ts";
import type { Change } from "../support/synth.ts";

describe("npm run vault-policy", function () {
  // It starts Node with the whole program, which on a busy machine takes its time.
  this.timeout(120_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "vault-policy-"));
    process.chdir(folder);
  });
  afterEach(() => {
    process.chdir(repository);
    rmSync(folder, { recursive: true });
  });

  const prod = stackSettings("prod");

  function run(change: Change, start = runProgram) {
    const settings = JSON.parse(JSON.stringify(merge(prod, change))) as object;
    const file = stringify({ config: { "shlink-platform:settings": settings } });
    writeFileSync(join(folder, "Pulumi.mine.yaml"), file);
    return start("plan/vault-policy.ts", ["mine"]);
  }

  it("prints the policy alone, with where it belongs", async () => {
    const { stdout, stderr, code } = await run(existing("vault"), startProgram);
    assert.deepEqual([stderr, code], ["", 0]);
    assert.match(
      stdout,
      /^# Pulumi\.mine\.yaml: what pulumi up needs at https:\/\/vault\.example\.com in namespace team\/web\.\n\n# finds/,
    );
    assert.match(stdout, /\npath "sys\/policies\/acl\/links-external-secrets" \{\n/);
    assert.match(stdout, /[^\n]\n\}\n$/);
  });

  for (const [change, reason] of [
    [noVault, "vault.mode is none."],
    [{}, "vault.mode is install: the bootstrap writes the policy itself."],
  ] as [Change, string][])
    it(`fails in one sentence: ${reason}`, async () => {
      const { stdout, stderr, code } = await run(change);
      assert.deepEqual([stdout, stderr, code], ["", `Pulumi.mine.yaml: ${reason}\n`, 1]);
    });
});
