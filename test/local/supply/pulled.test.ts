import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { charts } from "../../../platform/charts.ts";
import { images } from "../../../platform/images.ts";
import { imageNames, systemImageNames } from "../../../local/images/recipes.ts";
import { built } from "../../../local/supply/built.ts";
import { pulled } from "../../../local/supply/pulled.ts";
import { upstreams } from "../../../local/supply/upstream.ts";
import { toolNames, type Tools } from "../../../local/toolchain/index.ts";

describe("pulled supply", () => {
  const none = {} as Tools;

  it("takes every image by the very name that is built otherwise, the program's among them", async () => {
    const names = await pulled.images(none, () => undefined);
    assert.deepEqual(
      names,
      imageNames.map((name) => ({ pull: name })),
    );
    // The exporter runs only where a Prometheus does; no local stack has one.
    for (const name of Object.values(images).filter((image) => image !== images.redisExporter))
      assert.ok(imageNames.includes(name), name);
    assert.deepEqual(
      await pulled.systemImages(none, () => undefined),
      systemImageNames.map((name) => ({ pull: name })),
    );
  });

  it("compiles nothing that would only go into an image", () => {
    const spared = toolNames.filter((tool) => !pulled.tools.includes(tool));
    for (const tool of ["bao", "envoy", "istiod", "pilot-agent", "external-secrets"] as const)
      assert.ok(spared.includes(tool), tool);
    assert.deepEqual(built.tools, toolNames);
  });

  it("asks each of its registries and repositories first", () => {
    const repositories = Object.values(charts).map(({ repository }) => repository);
    const asked = upstreams(imageNames, repositories);
    assert.equal(new Set(asked).size, asked.length);
    for (const repository of repositories.filter((each) => each.startsWith("https://")))
      assert.ok(asked.includes(`${repository}/index.yaml`), repository);
  });
});
