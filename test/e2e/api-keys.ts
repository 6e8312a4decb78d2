import assert from "node:assert/strict";
import { it } from "mocha";
import { call, createLink, type Entry, readApiKey } from "../../local/stack/smoke.ts";
import type { StackName } from "../../local/stack/stacks.ts";
import { command, pulumi } from "./commands.ts";
import { kubeconfig, secretValue } from "./platform.ts";

const setting = "shlink-platform:settings.shlink.apiKeys";
const path = "/rest/v3/short-urls";

/** Tests for a running platform: keys come and go with the lines of the stack file. */
export function keepsApiKeys(entry: () => Entry, stack: StackName): void {
  const config = async (...args: string[]) => {
    const { code, output } = await pulumi(stack, "config", ...args);
    assert.equal(code, 0, output);
  };
  const up = () => pulumi(stack, "up", "--yes", "--skip-preview");
  const succeeds = async () => {
    const { code, output } = await up();
    assert.equal(code, 0, output);
  };
  const answerTo = async (key: string) => (await call(entry(), { path, key })).status;
  let key = "";

  it("makes a key of the stack file valid, by a Job that logs in as Shlink does", async () => {
    await config("set", "--path", `${setting}.shop.ownLinks`, "true");
    await succeeds();
    key = await secretValue("shlink", "shlink-secrets", "api-key-shop");
    assert.equal(key.length, 36);
    await createLink(entry(), key, "https://example.com/shop");
    const { code, output } = await command(stack, "api-keys", "list");
    assert.equal(code, 0, output);
    assert.match(output, /^stack-file-shop-[0-9a-f]{8} +valid +- +AUTHORED_SHORT_URLS$/m);
    assert.ok(!output.includes(key));
  });

  it("refuses to forget it, since it would stay valid", async () => {
    await config("rm", "--path", setting);
    const { code, output } = await up();
    assert.equal(code, 1);
    assert.match(output, /The stack has made API keys/);
    assert.equal(await answerTo(key), 200);
  });

  it("refuses the key once another has its place, and the first key stays", async () => {
    await config("set", "--path", `${setting}.other.expires`, "2999-01-31");
    await succeeds();
    assert.equal(await answerTo(key), 401);
    assert.equal(
      await answerTo(await secretValue("shlink", "shlink-secrets", "api-key-other")),
      200,
    );
    assert.equal(await answerTo(await readApiKey(kubeconfig)), 200);
  });
}
