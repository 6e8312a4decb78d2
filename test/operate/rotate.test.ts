import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { delimiter } from "node:path";
import { after, before, beforeEach, describe, it } from "mocha";
import { useApiServer } from "../support/api-server.ts";
import { type FakePulumi, fakePulumi } from "../support/fake-pulumi.ts";
import { database, redis } from "../support/outside.ts";
import { stackSettings } from "../../plan/render.ts";

describe("npm run rotate", () => {
  useApiServer();
  let pulumi: FakePulumi;
  before(() => {
    pulumi = fakePulumi();
  });
  after(() => {
    pulumi.remove();
  });
  beforeEach(() => {
    const { cluster, ...settings } = stackSettings("dev") as { cluster: object };
    pulumi.answer({ ...settings, cluster: { ...cluster, context: "here" } });
  });

  /** Runs the command as a user does. */
  const rotate = (...args: string[]) =>
    new Promise<{ code: number; stderr: string }>((resolve) => {
      const env = { ...process.env, PATH: [pulumi.folder, process.env["PATH"]].join(delimiter) };
      execFile(process.execPath, ["operate/rotate.ts", ...args], { env }, (error, _, stderr) =>
        resolve({ code: typeof error?.code === "number" ? error.code : 0, stderr }),
      );
    });

  it("hands what follows -- to each `pulumi up`, and asks the cluster of the stack", async () => {
    const { code, stderr } = await rotate("database", "--stack", "dev", "--", "--policy-pack", "p");
    assert.equal(code, 1);
    assert.match(stderr, /No primary of PostgreSQL runs|pods in postgres cannot be read/);
    const chosen = "--non-interactive --stack dev";
    assert.deepEqual(pulumi.calls(), [
      `config get shlink-platform:settings ${chosen}`,
      `config set --path shlink-platform:settings.database.rotation 1 ${chosen}`,
      `up --yes --skip-preview --policy-pack p ${chosen}`,
    ]);
  });

  it("says in a sentence that a stack makes no certificate", async () => {
    const { code, stderr } = await rotate("certificates");
    assert.equal(code, 1);
    assert.match(stderr, /^No certificate is made by this stack/);
  });

  it("says in a sentence how the password of a server of others is changed, and changes nothing", async () => {
    const { cluster, ...settings } = stackSettings("dev") as { cluster: object };
    pulumi.answer({ ...settings, cluster: { ...cluster, context: "here" }, database, redis });
    for (const [name, sentence] of [
      ["database", /^The database is somebody else's: pulumi up --replace/],
      ["redis", /^Redis is somebody else's: get another password from its owner/],
    ] as const) {
      const { code, stderr } = await rotate(name);
      assert.equal(code, 1);
      assert.match(stderr, sentence);
    }
    assert.ok(pulumi.calls().every((call) => call.startsWith("config get")));
  });

  const wrong = [[], ["x"], ["redis", "now"], ["redis", "--keep-old"], ["api-key", "--force"]];
  for (const args of wrong)
    it(`refuses "${args.join(" ")}" with its usage`, async () => {
      const { code, stderr } = await rotate(...args);
      assert.equal(code, 1);
      assert.match(stderr, /^Usage: npm run rotate/);
      assert.doesNotMatch(stderr, /^ +at /m);
    });
});
