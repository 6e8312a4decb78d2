import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { blows } from "../../bench/interrupt.ts";
import { stopCluster } from "../../local/cluster/index.ts";
import { clearLeftovers } from "../../local/stack/leftovers.ts";
import { existingPulumi } from "../../local/stack/pulumi.ts";
import { stackLabel } from "../../platform/marks.ts";
import { followsChanges, survivesALostState } from "./changes.ts";
import { interruptEach } from "./interruptions.ts";
import { list, local, readText, stackState } from "./platform.ts";
import { leavesNothing } from "./remains.ts";

const { once, twice, terminated, engine, plugin, program, silence } = blows;

describe("A stack that is interrupted, changed by hand, and lost", () => {
  before(() => local("clean"));
  after(() => stopCluster());

  it("goes on with the same command after an interruption at each of ten points", async () => {
    await interruptEach("up", 9, [
      ...[engine, once, plugin, twice, program, engine, terminated, silence, plugin, engine],
    ]);
    await local("up");
  });

  it("has nothing twice, nothing half, and nothing left to do", async () => {
    const marked = `?labelSelector=${encodeURIComponent(`${stackLabel}=dev`)}`;
    const names = async (path: string) =>
      (await list(`${path}${marked}`)).map(({ metadata }) =>
        metadata.name.replace(/-[0-9a-f]{8}$/, ""),
      );
    for (const path of ["/api/v1/configmaps", "/apis/batch/v1/jobs"]) {
      const found = await names(path);
      assert.deepEqual(found.sort(), [...new Set(found)].sort(), path);
    }
    const records = await list("/api/v1/secrets?labelSelector=owner%3Dhelm");
    const unfinished = records.filter(
      ({ metadata }) => !/^(deployed|superseded|failed)$/.test(metadata.labels?.["status"] ?? ""),
    );
    assert.deepEqual(unfinished, []);
    assert.doesNotMatch(readText(stackState("dev")), /"pending_operations"/);
    const check = ["--expect-no-changes", "--suppress-outputs"];
    const pulumi = existingPulumi();
    assert.ok(await pulumi.show("refresh", "--yes", "--run-program", "--skip-preview", ...check));
    assert.ok(await pulumi.show("preview", ...check));
  });

  followsChanges();
  survivesALostState();

  it("is destroyed by the same command after an interruption at each of five points", async () => {
    await interruptEach("down", 15, [once, engine, plugin, twice, terminated]);
    await clearLeftovers("dev", existingPulumi(), console.log);
  });

  leavesNothing(existingPulumi, /^$/);
});
