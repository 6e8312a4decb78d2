import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, it } from "mocha";
import { claimCluster } from "../../effects/claim.ts";
import { claimAnnotation, claimedNamespace, stackLabel } from "../../platform/marks.ts";
import { MemoryApi } from "../support/memory-api.ts";

const path = `/api/v1/namespaces/${claimedNamespace}`;

describe("The claim of a cluster", () => {
  let api: MemoryApi;
  beforeEach(() => {
    api = new MemoryApi();
  });

  const claim = (identity: string, stack = "dev", former?: string) =>
    claimCluster(api.ask, {
      stack,
      context: "here",
      identity,
      mayReplace: (known) => [undefined, identity, former].includes(known),
    });

  /** Who has it, as `stack identity`. */
  function owner(): string {
    const { labels, annotations } = api.objects.get(path)?.metadata ?? {};
    return `${labels?.[stackLabel]} ${annotations?.[claimAnnotation]}`;
  }

  /** How each of several ups that began at once went on: with its identity, or a sentence. */
  const together = async (...ups: Promise<void>[]) =>
    (await Promise.allSettled(ups)).map((one) => {
      if (one.status === "fulfilled") return "goes on";
      assert.ok(one.reason instanceof pulumi.RunError);
      return one.reason.message;
    });

  const refused = (stack: string) =>
    `Namespace platform in context here was claimed by another stack at the same moment, or by another state of stack ${stack}: ` +
    "a cluster has one stack (see docs/state.md).";

  it("goes to one of two stacks of one name that begin at once; the other is refused", async () => {
    assert.deepEqual(await together(claim("a"), claim("b")), ["goes on", refused("dev")]);
    assert.equal(owner(), "dev a");
  });

  it("goes to one of two stacks of different names", async () => {
    assert.deepEqual(await together(claim("a"), claim("b", "prod")), ["goes on", refused("prod")]);
    assert.equal(owner(), "dev a");
  });

  it("goes to one where an administrator made the namespace first", async () => {
    api.put(path, {});
    assert.deepEqual(await together(claim("a"), claim("b")), ["goes on", refused("dev")]);
    assert.equal(owner(), "dev a");
  });

  it("is known again by an up that was interrupted, and changes hands where that is decided", async () => {
    await claim("a");
    await claim("a");
    await claim("b", "dev", "a");
    assert.equal(owner(), "dev b");
    assert.deepEqual(await together(claim("a")), [refused("dev")]);
  });

  it("survives somebody else's change of the namespace in between", async () => {
    api.put(path, {});
    let once = true;
    api.before = (method) => {
      if (method === "PATCH" && once) {
        once = false;
        api.put(path, { metadata: { labels: { other: "label" } } });
      }
    };
    await claim("a");
    assert.equal(owner(), "dev a");
    assert.equal(api.objects.get(path)?.metadata.labels?.["other"], "label");
  });
});
