import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { rotateDatabase } from "../../../operate/rotations/database.ts";
import { pgoKey, workloads } from "../../../platform/workloads.ts";
import { fakeTools, type FakeTools, fitting, putPod, putSecret } from "../support/tools.ts";

describe("Another login for the database", () => {
  let tools: FakeTools;
  let others: string;
  beforeEach(() => {
    tools = fakeTools();
    others = "0\n";
    const labels = { ...workloads.postgres.labels, [pgoKey("role")]: "master" };
    putPod(tools, "postgres", "pg-0", labels);
    const files = { "db-user": "shlink_3", "db-password": "hunter2" };
    putSecret(tools, "shlink", "shlink-secrets", files);
    tools.answer = (_pod, command, input) => {
      if (command.includes("pg_roles")) return others;
      return input === "shlink_3\nhunter2\n" ? "shlink_3|shlink\n" : "";
    };
  });

  it("counts one further, changes Shlink over, then gives the owner another password, and logs in", async () => {
    await rotateDatabase(tools, 2);
    assert.deepEqual(tools.steps.slice(0, 2), ["database.rotation=3", "up"]);
    assert.match(tools.steps[2] ?? "", /DROP ROLE[^]*<> 'shlink_3'|<> 'shlink_3'[^]*DROP ROLE/);
    assert.equal(tools.steps[3], "up --replace **RandomPassword::db-password");
    const owner = "random:index/randomPassword:RandomPassword::db-password";
    assert.deepEqual(await fitting(tools.steps[3] ?? ""), [owner]);
    assert.match(tools.told.at(-1) ?? "", /takes the new login/);
    assert.doesNotMatch([...tools.steps, ...tools.told].join("\n"), /hunter2/);
  });

  it("does nothing more where Shlink could not change over", async () => {
    tools.up = () => {
      throw new Error("pulumi up failed");
    };
    await assert.rejects(rotateDatabase(tools, 2), /pulumi up failed/);
    assert.deepEqual(tools.steps, ["database.rotation=3", "up"]);
  });

  it("fails where the login does not act as the owner, and where one before is still there", async () => {
    others = "1\n";
    await assert.rejects(rotateDatabase(tools, 2), /login of an earlier rotation is still there/);
    tools.answer = () => "shlink_3|shlink_3\n";
    await assert.rejects(rotateDatabase(tools, 2), /shlink_3 does not work as shlink/);
  });

  it("fails without a primary", async () => {
    tools.api.objects.delete("/api/v1/namespaces/postgres/pods/pg-0");
    await assert.rejects(rotateDatabase(tools, 2), /No primary of PostgreSQL runs/);
  });
});
