import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { chainSentence, longestChain, stepsOf, timeOf } from "../../bench/chain.ts";

describe("The longest chain of an up", () => {
  it("adds up what had to wait for each other, and not what ran beside it", () => {
    const step = (urn: string, seconds: number, ...dependencies: string[]) => ({
      urn,
      seconds,
      dependencies,
    });
    const steps = [
      step("app", 3, "database", "cache"),
      step("database", 20, "operator"),
      step("operator", 5),
      step("cache", 24),
      step("other", 27.5, "not in this state"),
    ];
    const names = longestChain(steps).map(({ urn }) => urn);
    assert.deepEqual(names, ["operator", "database", "app"]);
    assert.equal(timeOf(longestChain(steps)), 28);
    assert.deepEqual(longestChain([]), []);
  });

  it("takes the times from the engine's display, and the order from its state", () => {
    const urn = (types: string, name: string) => `urn:pulumi:dev::project::${types}::${name}`;
    const part = urn("own:parts:Part", "part");
    const grant = urn("own:parts:Part$postgresql:index/grant:Grant", "schema");
    const volume = urn("kubernetes:core/v1:PersistentVolumeClaim", "a::b");
    const heard = [
      { at: 9, line: " +  own:parts:Part part creating (0s) " },
      { at: 10, line: " +  kubernetes:core/v1:PersistentVolumeClaim a::b creating (0s) " },
      { at: 11, line: "@ updating...." },
      { at: 12, line: " +  kubernetes:core/v1:PersistentVolumeClaim a::b creating (2s) waits" },
      { at: 14, line: " +  kubernetes:core/v1:PersistentVolumeClaim a::b created (4s) " },
      { at: 14, line: " +  postgresql:index:Grant schema creating (0s) " },
      { at: 14.5, line: " +  postgresql:index:Grant schema created (0.5s) " },
      { at: 15, line: " +  own:parts:Part part created (6s) " },
    ];
    const steps = stepsOf(heard, [
      { urn: part },
      { urn: volume, custom: true },
      { urn: grant, custom: true, parent: part, dependencies: [volume] },
    ]);
    assert.deepEqual(steps, [
      { urn: part, seconds: 0, dependencies: [] },
      { urn: volume, seconds: 4, dependencies: [] },
      { urn: grant, seconds: 0.5, dependencies: [volume, part] },
    ]);
    assert.equal(timeOf(longestChain(steps)), 4.5);
    assert.equal(
      chainSentence(longestChain(steps)),
      "kubernetes:core/v1:PersistentVolumeClaim a::b 4.0 s; 1 steps between them take 0.5 s.",
    );
  });
});
