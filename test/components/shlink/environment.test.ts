import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { workersFor } from "../../../components/shlink/environment.ts";
import { synth } from "../../support/synth.ts";

describe("Shlink's environment", () => {
  it("makes as many PHP workers as fit into the memory limit together", () => {
    for (const [memory, limit] of [
      ["512Mi", 512],
      ["1Gi", 1024],
      ["2Gi", 2048],
    ] as const) {
      const { web, task, memoryMiB } = workersFor(memory);
      assert.ok((web + task) * memoryMiB < limit, memory);
      assert.ok(web >= 1 && task >= 1);
    }
  });

  it("makes libpq verify the server's name and authority, and does not rely on Shlink's own switch", async () => {
    const text = (await synth("dev")).text();
    assert.match(text, /"PGSSLMODE","value":"verify-full"/);
    assert.match(text, /"PGSSLROOTCERT","value":"\/run\/config\/postgres\/ca\.crt"/);
    assert.doesNotMatch(text, /DB_USE_ENCRYPTION/);
  });
});
