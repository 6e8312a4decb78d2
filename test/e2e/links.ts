import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, it } from "mocha";
import { type Entry, readApiKey, smoke } from "../../local/stack/smoke.ts";
import type { StackName } from "../../local/stack/stacks.ts";
import { command } from "./commands.ts";
import { kubeconfig, query } from "./platform.ts";

const rows = "SELECT short_code, original_url FROM short_urls ORDER BY short_code";

/** A test for a running platform: its links go into a file and come back from it. */
export function carriesLinks(entry: () => Entry, stack: StackName): void {
  const folder = mkdtempSync(join(tmpdir(), "shlink-platform-links-"));
  after(() => rmSync(folder, { recursive: true }));

  it("brings all links into a file, and makes those that are lost again, twice without a difference", async () => {
    const file = join(folder, "links.jsonl");
    await smoke(entry(), await readApiKey(kubeconfig));
    const before = await query(rows);
    const links = async (verb: string) => {
      const { code, output } = await command(stack, "links", verb, file);
      assert.equal(code, 0, output);
      return output;
    };
    await links("export");
    assert.equal(readFileSync(file, "utf8").trim().split("\n").length, before.split("\n").length);
    await query("DELETE FROM short_urls");
    for (const outcome of [/ 0 were there/, /^0 links were made/m]) {
      assert.match(await links("import"), outcome);
      assert.equal(await query(rows), before);
    }
  });
}
