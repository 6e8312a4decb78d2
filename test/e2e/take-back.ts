import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { before, it } from "mocha";
import type { StackName } from "../../local/stack/stacks.ts";
import { call, createLink, type Entry, type Link, readApiKey } from "../../local/stack/smoke.ts";
import { command } from "./commands.ts";
import { figure, kubeconfig, query, until } from "./platform.ts";

/** Tests for a running platform with backups: it is taken back by the command that looks first. */
export function goesBackByCommand(entry: () => Entry, stack: StackName): void {
  let key = "";
  let early: Link;
  let late: Link;
  let target = "";
  const visit = async ({ shortCode }: Link) =>
    (await call(entry(), { path: `/${shortCode}` })).status;

  before(async () => {
    const looked = async () => (await command(stack, "restore", "--to-end")).output;
    await until("a backup", 240, async () => /nothing was changed/.test(await looked()));
    key = await readApiKey(kubeconfig);
    early = await createLink(entry(), key, "https://example.com/early");
    await sleep(1500);
    target = await query("SELECT date_trunc('second', now())::text");
    await sleep(1500);
    late = await createLink(entry(), key, "https://example.com/late");
  });

  it("only looks without --overwrite, and says what would be lost", async () => {
    const { code, output } = await command(stack, "restore", "--to-time", target);
    assert.equal(code, 1);
    assert.match(output, /would lose what is newer: 1 links and 0 visits\. Give --overwrite/);
    assert.equal(await visit(late), 302);
  });

  it("refuses a time before the archive", async () => {
    const { code, output } = await command(stack, "restore", "--to-time", "2020-01-01 00:00:00+00");
    assert.equal(code, 1);
    assert.match(output, /The archive begins at /);
  });

  it("goes back although nothing was changed after the last link: the archive is closed behind the target", async () => {
    const begun = Date.now();
    const args = ["--to-time", target, "--overwrite"];
    const { code, output } = await command(stack, "restore", ...args);
    assert.equal(code, 0, output);
    figure("Seconds of the restore", (Date.now() - begun) / 1000);
    assert.match(output, /The data is restored/);
    await until("links again", 60, async () => (await visit(early)) === 302);
    assert.equal(await visit(late), 404);
    await createLink(entry(), key, "https://example.com/again");
  });
}
