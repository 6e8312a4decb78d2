import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, describe, it } from "mocha";
import { stackSettings } from "../../plan/render.ts";
import { useApiServer } from "../support/api-server.ts";
import { settingsHere, useFakePulumi } from "../support/fake-pulumi.ts";
import { whole } from "../support/vault-snapshot.ts";

describe("npm run restore", () => {
  const api = useApiServer();
  const pulumi = useFakePulumi();
  beforeEach(() => pulumi.answer(settingsHere("prod")));

  const restore = (...args: string[]) => pulumi.run("operate/restore.ts", args);

  it("asks the selected stack for its settings, and the cluster that these name", async () => {
    const { code, stderr } = await restore("--to-end", "--stack", "prod");
    assert.equal(code, 1);
    assert.match(stderr, /The list of pods in postgres cannot be read: nothing here \(HTTP 404\)/);
    assert.deepEqual(pulumi.calls(), [
      "config get shlink-platform:settings --non-interactive --stack prod",
    ]);
  });

  const refusals: [what: string, args: string[], says: RegExp][] = [
    ["nothing to go to", [], /^Say where to go by one of .*\nUsage: npm run restore/],
    ["two moments", ["--to-end", "--to-time", "2026-01-31 12:00:00+00"], /^Say where to go by one/],
    ["an unknown option", ["--to-end", "--force"], /^Unknown option '--force'.*\nUsage: npm run r/],
    ["a word too many", ["--to-end", "now"], /^Unexpected argument 'now'.*\nUsage: npm run r/],
    [
      "a word before the arguments of Pulumi",
      ["now", "--to-end", "--", "--refresh"],
      /^Unexpected argument 'now'.*\nUsage: npm run restore/,
    ],
    ["a time without its zone", ["--to-time", "2026-01-31 12:00"], /target: must be a time with/],
    ["a time in the future", ["--to-time", "2999-01-31 12:00:00+00"], /must not lie in the fut/],
  ];
  const folder = mkdtempSync(join(tmpdir(), "shlink-platform-restore-"));
  after(() => rmSync(folder, { recursive: true }));
  const put = (name: string, content: string | Buffer) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const snapshot = put("whole.snap", whole);
  const keys = put(
    "keys.yaml",
    "kind: Secret\nmetadata: { name: vault-unseal-keys }\ndata: { unseal-key-0: czNjcmV0 }\n",
  );
  refusals.push(
    ["a snapshot without its keys", ["--vault", snapshot], /^--vault and --keys go together/],
    ["keys without a snapshot", ["--keys", keys, "--to-end"], /^--vault and --keys go toge/],
    ["both at once", ["--vault", snapshot, "--keys", keys, "--to-end"], /^Say where to go by one/],
    [
      "a snapshot that is cut off",
      ["--vault", put("cut.snap", whole.subarray(0, 900)), "--keys", keys],
      /cut\.snap is no snapshot that can be restored \(this is not a whole snapshot: .*\n$/,
    ],
    [
      "a snapshot that is not there",
      ["--vault", join(folder, "none.snap"), "--keys", keys],
      /none\.snap is no snapshot that can be restored \(.*ENOENT.*\n$/,
    ],
    [
      "a file that has no keys",
      ["--vault", snapshot, "--keys", snapshot, "--overwrite"],
      /whole\.snap has no keys of Vault \(/,
    ],
  );
  for (const [what, args, says] of refusals)
    it(`refuses ${what} in a sentence`, async () => {
      const { code, stderr } = await restore(...args);
      assert.equal(code, 1);
      assert.match(stderr, says);
      assert.doesNotMatch(stderr, /^ +at /m);
      assert.deepEqual(api.calls, []);
    });

  it("asks for the Vault of the stack once both files are whole, and refuses one of others", async () => {
    const there = ["--vault", snapshot, "--keys", keys];
    assert.match((await restore(...there)).stderr, /^StatefulSet vault\/vault cannot be read: /m);
    const { vault: _, ...settings } = settingsHere("prod") as unknown as Record<string, unknown>;
    pulumi.answer({ ...settings, vault: { mode: "none" } });
    assert.match((await restore(...there)).stderr, /^The stack installs no Vault: /);
  });

  it("refuses settings that are none, in a sentence", async () => {
    for (const settings of [{}, [], "text"] as object[]) {
      pulumi.answer(settings);
      const { code, stderr } = await restore("--to-end");
      assert.equal(code, 1);
      assert.match(stderr, /shlink-platform:settings/);
      assert.doesNotMatch(stderr, /Cannot read properties|Unexpected token/);
    }
  });

  it("refuses a stack without backups, a kubeconfig of another cluster, and a database of others", async () => {
    pulumi.answer({ cluster: {}, database: {} });
    assert.match((await restore("--to-end")).stderr, /with this restore: .* is not valid/);
    pulumi.answer(stackSettings("prod"));
    assert.match(
      (await restore("--to-end")).stderr,
      /There is no context shlink-prod \(setting cluster\.context shlink-prod: /,
    );
    pulumi.answer({ database: { mode: "outside" } });
    assert.match((await restore("--to-end")).stderr, /^The database is somebody else's/);
  });
});
