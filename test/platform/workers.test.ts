import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { leastMemory, workersFor } from "../../platform/workers.ts";

describe("Shlink's workers", () => {
  it("are as many as fit into the memory limit together", () => {
    for (const [memory, limit] of [
      ["512Mi", 512],
      ["1Gi", 1024],
      ["2Gi", 2048],
    ] as const) {
      const { web, task, memoryMiB } = workersFor(memory, "96Mi");
      assert.ok((web + task) * memoryMiB < limit, memory);
      assert.ok(web >= 1 && task >= 1);
    }
  });

  it("are one for requests and one for tasks with the least memory that the settings take", () => {
    assert.equal(leastMemory("96Mi"), "320Mi");
    assert.deepEqual(workersFor(leastMemory("96Mi"), "96Mi"), { web: 1, task: 1, memoryMiB: 96 });
  });
});
