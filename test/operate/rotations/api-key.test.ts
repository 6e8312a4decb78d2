import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { beforeEach, describe, it } from "mocha";
import { rotateApiKey } from "../../../operate/rotations/api-key.ts";
import { pgoKey, workloads } from "../../../platform/workloads.ts";
import { fakeTools, type FakeTools, fitting, putPod, putSecret } from "../support/tools.ts";

const hash = (key: string) => createHash("sha256").update(key).digest("hex");

describe("Another API key", () => {
  let tools: FakeTools;
  /** Whether each key, by its hash, may be used. */
  let keys: Map<string, { name: string; enabled: boolean }>;
  let called: string[];

  const secret = (key: string) => putSecret(tools, "shlink", "shlink-secrets", { "api-key": key });

  /** Does with the table of keys what the statement says. */
  function answer(_pod: string, command: string): string {
    const [sha = ""] = /[0-9a-f]{64}/.exec(command) ?? [];
    const [, name = ""] = /'(shlink-secrets-[0-9a-f]+)'/.exec(command) ?? [];
    if (command.includes("count(*)")) {
      const row = keys.get(sha);
      const counts = row !== undefined && (row.enabled || !command.includes("AND enabled"));
      return counts ? "1\n" : "0\n";
    }
    if (command.includes("SELECT name"))
      return [...keys]
        .filter(
          ([one, row]) => row.name.startsWith("shlink-secrets-") && one !== sha && row.enabled,
        )
        .map(([, row]) => row.name)
        .join("\n");
    if (command.includes("SET name"))
      keys.set(sha, { name, enabled: keys.get(sha)?.enabled ?? false });
    else if (command.includes("INSERT")) keys.set(sha, { name, enabled: true });
    else if (command.includes("SET enabled = false"))
      for (const [one, row] of keys)
        if (row.name.startsWith("shlink-secrets-") && one !== sha) row.enabled = false;
    return "";
  }

  beforeEach(() => {
    [tools, called] = [fakeTools(), []];
    keys = new Map();
    keys.set(hash("old"), { name: "old", enabled: true });
    keys.set(hash("another"), { name: "of a client", enabled: true });
    const labels = { ...workloads.postgres.labels, [pgoKey("role")]: "master" };
    putPod(tools, "postgres", "pg-0", labels);
    secret("old");
    tools.answer = answer;
    tools.up = (args) => {
      if (args.includes("--replace")) secret("new");
    };
    tools.shlink = (path, { headers }) => {
      called.push(path);
      const enabled = keys.get(hash(headers?.["x-api-key"] ?? ""))?.enabled === true;
      return Promise.resolve({ status: enabled ? 200 : 401, body: {} });
    };
  });
  const rotate = (keepOld = false) => rotateApiKey(tools, { basePath: "/s", keepOld });
  const enabled = (key: string) => keys.get(hash(key))?.enabled;

  it("is valid when it is in the Secret, and the one before no longer; those of others stay", async () => {
    await rotate();
    assert.deepEqual([enabled("new"), enabled("old"), enabled("another")], [true, false, true]);
    const up = tools.steps.find((step) => step.startsWith("up ")) ?? "";
    assert.equal(up, "up --replace **RandomPassword::api-key");
    const key = "random:index/randomPassword:RandomPassword::api-key";
    assert.deepEqual(await fitting(up), [key]);
    assert.deepEqual(new Set(called), new Set(["/s/rest/v3/short-urls?itemsPerPage=1"]));
    assert.equal(called.length, 2);
  });

  it("leaves the old one valid where clients need time, and tells how to disable it", async () => {
    await rotate(true);
    assert.deepEqual([enabled("new"), enabled("old")], [true, true]);
    const name = keys.get(hash("old"))?.name ?? "";
    assert.ok(tools.told.at(-1)?.endsWith(`npm run api-keys -- disable ${name}`));
  });

  it("takes the key itself out of the first one's name", async () => {
    await rotate();
    assert.match(keys.get(hash("old"))?.name ?? "", /^shlink-secrets-[0-9a-f]{12}$/);
  });

  it("goes on where it was interrupted before Shlink knew the key", async () => {
    keys.set(hash("old"), { name: "shlink-secrets-000000000000", enabled: true });
    secret("new");
    await rotate();
    assert.deepEqual([enabled("new"), enabled("old")], [true, false]);
    assert.ok(tools.steps.includes("up"));
    assert.ok(!tools.steps.some((step) => step.includes("--replace")));
  });

  it("replaces a key that somebody has disabled, and never enables it again", async () => {
    keys.set(hash("old"), { name: "old", enabled: false });
    await rotate();
    assert.deepEqual([enabled("new"), enabled("old")], [true, false]);
  });

  it("tells how to disable the old one after an interruption, too, and not the one in the Secret", async () => {
    const name = "shlink-secrets-000000000000";
    keys.set(hash("old"), { name, enabled: true });
    secret("new");
    await rotate(true);
    assert.deepEqual([enabled("new"), enabled("old")], [true, true]);
    assert.ok(
      tools.told.at(-1)?.endsWith(`npm run api-keys -- disable ${name}`),
      tools.told.at(-1),
    );
  });

  it("has no key in an argument or in what it tells", async () => {
    await rotate();
    assert.doesNotMatch([...tools.steps, ...tools.told].join(" "), /\b(old|new)['" ]?$/m);
    assert.ok(!tools.steps.some((step) => /'(old|new)'/.test(step)));
  });

  it("ends with the failure of Pulumi, the old key being valid", async () => {
    tools.up = () => {
      throw new Error("pulumi up failed");
    };
    await assert.rejects(rotate(), /pulumi up failed/);
    assert.equal(enabled("old"), true);
  });

  it("leaves the old key valid where the new one is refused", async () => {
    tools.shlink = () => Promise.resolve({ status: 0, body: {}, failure: "no answer in 10 s" });
    await assert.rejects(rotate(), /Shlink answers no answer in 10 s to the new key, not with 200/);
    assert.equal(enabled("old"), true);
  });

  it("refuses without a primary", async () => {
    tools.api.objects.delete("/api/v1/namespaces/postgres/pods/pg-0");
    await assert.rejects(rotate(), /No primary of PostgreSQL runs/);
    assert.deepEqual(tools.steps, []);
  });
});
