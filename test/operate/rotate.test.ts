import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { useApiServer } from "../support/api-server.ts";
import { settingsHere, useFakePulumi } from "../support/fake-pulumi.ts";
import { database, redis } from "../support/outside.ts";

describe("npm run rotate", () => {
  const api = useApiServer();
  const pulumi = useFakePulumi();
  beforeEach(() => pulumi.answer(settingsHere("dev")));

  const rotate = (...args: string[]) => pulumi.run("operate/rotate.ts", args);

  it("hands what follows -- to each `pulumi up`, and asks the cluster of the stack", async () => {
    const primary = { metadata: { name: "pg-0" }, status: { phase: "Running" } };
    api.answers = { "GET /api/v1/namespaces/postgres/pods": { items: [primary] } };
    const { code, stderr } = await rotate("database", "--stack", "dev", "--", "--policy-pack", "p");
    assert.equal(code, 1);
    assert.match(stderr, /Nothing can be run in pod postgres\/pg-0: /);
    const chosen = "--non-interactive --stack dev";
    assert.deepEqual(pulumi.calls(), [
      `config get shlink-platform:settings ${chosen}`,
      `config set --path shlink-platform:settings.database.rotation 1 ${chosen}`,
      `up --yes --skip-preview --policy-pack p ${chosen}`,
    ]);
  });

  it("changes nothing where no server runs that would take a new password", async () => {
    for (const [name, namespace, sentence] of [
      ["database", "postgres", /^No primary of PostgreSQL runs/],
      ["redis", "redis", /^No Redis server runs in namespace redis, .*npm run doctor$/m],
      ["api-key", "postgres", /^No primary of PostgreSQL runs/],
    ] as const) {
      api.answers = { [`GET /api/v1/namespaces/${namespace}/pods`]: { items: [] } };
      const { code, stderr } = await rotate(name);
      assert.equal(code, 1);
      assert.match(stderr, sentence);
    }
    assert.ok(pulumi.calls().every((call) => call.startsWith("config get")));
  });

  it("says in a sentence that a stack makes no certificate", async () => {
    const { code, stderr } = await rotate("certificates");
    assert.equal(code, 1);
    assert.match(stderr, /^No certificate is made by this stack/);
  });

  it("says in a sentence who rotates the keys of a Vault of others, and of one that opens itself", async () => {
    const { vault: _, ...settings } = settingsHere("dev") as unknown as Record<string, unknown>;
    const awskms = { mode: "awskms", region: "eu-central-1", keyId: "alias/vault" };
    for (const [vault, sentence] of [
      [{ mode: "none" }, /^The stack installs no Vault: its keys are those of whoever runs it\.$/m],
      [{ seal: awskms }, /^Vault's servers open themselves: .*vault operator rekey/],
    ] as const) {
      pulumi.answer({ ...settings, vault });
      const { code, stderr } = await rotate("vault-admin");
      assert.equal(code, 1);
      assert.match(stderr, sentence);
    }
  });

  it("says in a sentence how the password of a server of others is changed, and changes nothing", async () => {
    pulumi.answer({ ...settingsHere("dev"), database, redis });
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

  describe("due", () => {
    const resource = (name: string, days: number) => ({
      urn: `urn:pulumi:dev::shlink-platform::random:index/randomPassword:RandomPassword::${name}`,
      created: new Date(Date.now() - days * 86_400_000 - 1000).toISOString(),
      outputs: { result: "s3cret" },
    });
    const state = [resource("redis-password", 90), resource("db-password", 10)];
    const settings = { ...settingsHere("dev"), rotation: { redis: 90, database: 90 } };

    it("rotates what has become older than the stack file allows, and nothing else", async () => {
      pulumi.answer(settings, state);
      const { code, stdout, stderr } = await rotate("due", "--stack", "dev");
      assert.equal(code, 1);
      assert.match(
        stderr,
        /^database: 10 days old, due in 80\nredis: 90 days old, due after 90\nThe list of pods in redis/,
      );
      assert.ok(!`${stdout}${stderr}`.includes("s3cret"));
    });

    it("ends well where nothing is due, and asks no cluster then or with --dry-run", async () => {
      pulumi.answer(settings, [resource("redis-password", 89)]);
      const young = await rotate("due");
      assert.deepEqual([young.code, young.stderr], [0, "redis: 89 days old, due in 1\n"]);
      pulumi.answer(settings, state);
      const dry = await rotate("due", "--dry-run");
      assert.equal(dry.code, 0);
      assert.match(dry.stderr, /redis: 90 days old, due after 90\n$/);
      assert.deepEqual(api.calls, []);
    });

    it("is refused without a schedule", async () => {
      const { code, stderr } = await rotate("due");
      assert.equal(code, 1);
      assert.match(stderr, /^The stack file has no rotation: /);
    });
  });

  const wrong = [
    ["due", "--keep-old"],
    ["redis", "--dry-run"],
    ["due", "redis"],
    [],
    ["x"],
    ["redis", "now"],
    ["redis", "--keep-old"],
  ];
  for (const args of wrong)
    it(`refuses "${args.join(" ")}" with its usage`, async () => {
      const { code, stderr } = await rotate(...args);
      assert.equal(code, 1);
      assert.match(stderr, /^\S.*\.\nUsage: npm run rotate/);
      assert.doesNotMatch(stderr, /^ +at /m);
    });

  it("names an option that it does not know, before its usage", async () => {
    const { code, stderr } = await rotate("api-key", "--force");
    assert.equal(code, 1);
    assert.match(stderr, /^Unknown option '--force'.*\nUsage: npm run rotate/);
  });
});
