import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { elect } from "../../../../local/substitutes/pgo/patroni.ts";
import { instance } from "./instance.ts";

describe("pgo leader election", () => {
  const a = instance("a", "master", false);
  const b = instance("b", "replica");

  it("starts with the first instance, so that a restarted controller chooses the same", () => {
    assert.deepEqual(elect(undefined, [a, b], 0, 30), { leader: a, promote: false });
  });

  it("waits for the lease before a ready replica takes over", () => {
    assert.deepEqual(elect("a-0", [a, b], 29, 30), { leader: a, promote: false });
    assert.deepEqual(elect("a-0", [a, b], 31, 30), { leader: b, promote: true });
  });

  it("keeps a lost leader when nobody else could lead", () => {
    assert.deepEqual(elect("a-0", [a], 1000, 30), { leader: a, promote: false });
    const sick = instance("b", "replica", false);
    assert.deepEqual(elect("a-0", [a, sick], 1000, 30), { leader: a, promote: false });
  });
});
