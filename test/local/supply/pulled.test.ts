import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "mocha";
import { LocalError } from "../../../local/lib/failure.ts";
import { pullCharts, pulled } from "../../../local/supply/pulled.ts";
import { put, temporaryFolder } from "../images/temporary.ts";
import { findTool } from "../providers/integration/tools.ts";
import { charts } from "../../../platform/charts.ts";
import { images } from "../../../platform/images.ts";
import { imageNames, systemImageNames } from "../../../local/images/recipes.ts";
import { built } from "../../../local/supply/built.ts";
import { upstreams } from "../../../local/supply/upstream.ts";
import { toolNames, type Tools } from "../../../local/toolchain/index.ts";
import { skip } from "../../support/skip.ts";

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

const helm = findTool("kubectl", "helm");

describe("charts from a repository on loopback", function () {
  if (helm === undefined) return skip("the binary `helm` is not on this machine");

  let mirror = "";
  let asked: string[] = [];
  let repository = "";
  const files = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const content = files.get(request.url ?? "");
    response.writeHead(content ? 200 : 404).end(content);
  });

  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    repository = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const folder = temporaryFolder();
    put(join(folder, "one/Chart.yaml"), "apiVersion: v2\nname: one\nversion: 1.2.3\n");
    execFileSync(helm, ["package", "one"], { cwd: folder });
    files.set("/one-1.2.3.tgz", readFileSync(join(folder, "one-1.2.3.tgz")));
    execFileSync(helm, ["repo", "index", "."], { cwd: folder });
    files.set("/index.yaml", readFileSync(join(folder, "index.yaml")));
  });
  after(() => server.close());
  beforeEach(() => {
    [mirror, asked] = [temporaryFolder(), []];
  });

  it("come into the mirror under the names that the program looks for, and nothing beside them", async () => {
    await pullCharts([{ repository, name: "one", version: "1.2.3" }], mirror, helm);
    assert.deepEqual(readdirSync(mirror), ["one-1.2.3.tgz"]);
    assert.deepEqual(readFileSync(join(mirror, "one-1.2.3.tgz")), files.get("/one-1.2.3.tgz"));
  });

  it("are not asked for again once they are there", async () => {
    writeFileSync(join(mirror, "one-1.2.3.tgz"), "there");
    await pullCharts([{ repository, name: "one", version: "1.2.3" }], mirror, helm);
    assert.deepEqual(asked, []);
  });

  it("fail with chart, version and repository when the repository lacks them", async () => {
    await assert.rejects(
      pullCharts([{ repository, name: "one", version: "9.9.9" }], mirror, helm),
      (error: Error) => {
        assert.ok(error instanceof LocalError);
        assert.match(
          error.message,
          /chart one 9\.9\.9 cannot be pulled from http:\/\/127.*9\.9\.9/,
        );
        return true;
      },
    );
    assert.deepEqual(readdirSync(mirror), []);
  });
});
