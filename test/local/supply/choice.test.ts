import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, it } from "mocha";
import { charts } from "../../../platform/charts.ts";
import { images } from "../../../platform/images.ts";
import { LocalError } from "../../../local/lib/failure.ts";
import { imageNames, systemImageNames } from "../../../local/images/recipes.ts";
import { built } from "../../../local/supply/built.ts";
import { chooseSupply } from "../../../local/supply/index.ts";
import { pulled } from "../../../local/supply/pulled.ts";
import { upstreams } from "../../../local/supply/upstream.ts";
import { toolNames, type Tools } from "../../../local/toolchain/index.ts";
import { put, temporaryFolder } from "../images/temporary.ts";

describe("supply of images and charts", () => {
  let folder = "";
  let reported: string[] = [];
  let probes = 0;
  beforeEach(() => {
    [folder, reported, probes] = [temporaryFolder(), [], 0];
  });

  const choose = (online: boolean, wanted?: string) =>
    chooseSupply({
      record: join(folder, "state/supply"),
      mirror: join(folder, "charts"),
      report: (line) => reported.push(line),
      wanted,
      answers: () => {
        probes += 1;
        return Promise.resolve(online);
      },
    });

  it("is pulled as a whole when upstream answers, and built as a whole when not", async () => {
    assert.equal(await choose(true), pulled);
    folder = temporaryFolder();
    assert.equal(await choose(false), built);
    assert.equal(reported.length, 2);
    assert.match(reported[0] ?? "", /pulled from their registries/);
    assert.match(reported[1] ?? "", /built here: not every registry answers/);
  });

  it("stays what it was for the same cluster, whatever the network says, without asking again", async () => {
    await choose(false);
    assert.equal(await choose(true), built);
    assert.deepEqual([probes, reported.length], [1, 1]);
  });

  it("is chosen anew after the record is gone with its cluster, in an empty mirror", async () => {
    await choose(false);
    put(join(folder, "charts/vault-0.34.1.tgz"), "substitute");
    assert.equal(await choose(true), built);
    assert.ok(existsSync(join(folder, "charts/vault-0.34.1.tgz")));
    rmSync(join(folder, "state"), { recursive: true });
    assert.equal(await choose(true), pulled);
    assert.ok(!existsSync(join(folder, "charts/vault-0.34.1.tgz")));
  });

  it("is what the user wants, without a look at the network", async () => {
    assert.equal(await choose(true, "built"), built);
    assert.equal(probes, 0);
    assert.equal(readFileSync(join(folder, "state/supply"), "utf8"), "built");
    await assert.rejects(choose(true, "pulled"), (error: Error) => {
      assert.ok(error instanceof LocalError);
      assert.match(error.message, /SUPPLY is pulled, but .* are built: run make clean-local first/);
      return true;
    });
  });

  it("refuses a way that there is not, before anything is decided", async () => {
    await assert.rejects(choose(true, "both"), /SUPPLY must be built or pulled, not "both"/);
    assert.ok(!existsSync(join(folder, "state")));
  });
});

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
