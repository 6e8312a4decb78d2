import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, it } from "mocha";
import { repository } from "../../local/lib/paths.ts";
import { shellEnvironment } from "../../local/stack/environment.ts";
import type { StackName } from "../../local/stack/stacks.ts";
import { query } from "./platform.ts";

const rows = "SELECT short_code, original_url FROM short_urls ORDER BY short_code";

/** A test for a running platform: its links go into a file and come back from it. */
export function carriesLinks(stack: StackName): void {
  const folder = mkdtempSync(join(tmpdir(), "shlink-platform-links-"));
  after(() => rmSync(folder, { recursive: true }));

  it("brings all links into a file, and makes those that are lost again, twice without a difference", async () => {
    const file = join(folder, "links.jsonl");
    const before = await query(rows);
    await links(stack, "export", file);
    assert.equal(readFileSync(file, "utf8").trim().split("\n").length, before.split("\n").length);
    await query("DELETE FROM short_urls");
    for (const outcome of [/ 0 were there/, /^0 links were made/m]) {
      assert.match(await links(stack, "import", file), outcome);
      assert.equal(await query(rows), before);
    }
  });
}

/** Runs the command as a user does, and returns what it tells. */
const links = (stack: StackName, ...args: string[]) =>
  new Promise<string>((resolve, reject) => {
    const options = { cwd: repository, env: shellEnvironment(stack) };
    execFile(process.execPath, ["operate/links.ts", ...args], options, (error, _, stderr) =>
      error === null ? resolve(stderr) : reject(new Error(stderr)),
    );
  });
