import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { stringify } from "yaml";
import { merge } from "../../local/stack/stacks.ts";
import { stackSettings } from "../../plan/render.ts";
import { existing, noVault } from "../support/existing.ts";
import type { Change } from "../support/synth.ts";

describe("npm run vault-policy", function () {
  // Each starts Node with the whole program, which on a busy machine takes its time.
  this.timeout(120_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "vault-policy-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function run(change: Change) {
    const settings = JSON.parse(JSON.stringify(merge(stackSettings("prod"), change))) as object;
    const file = stringify({ config: { "shlink-platform:settings": settings } });
    writeFileSync(join(folder, "Pulumi.mine.yaml"), file);
    const program = resolve("plan/vault-policy.ts");
    return spawnSync(process.execPath, [program, "mine"], { cwd: folder, encoding: "utf8" });
  }

  it("prints the policy alone, with where it belongs", () => {
    const { stdout, stderr, status } = run(existing("vault"));
    assert.deepEqual([stderr, status], ["", 0]);
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
    it(`fails in one sentence: ${reason}`, () => {
      const { stdout, stderr, status } = run(change);
      assert.deepEqual([stdout, stderr, status], ["", `Pulumi.mine.yaml: ${reason}\n`, 1]);
    });
});
