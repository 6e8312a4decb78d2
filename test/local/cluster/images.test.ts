import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { readArchive } from "../../../local/cluster/tar.ts";

function entry(name: string, content: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(content.length.toString(8).padStart(11, "0"), 124);
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  body.write(content);
  return Buffer.concat([header, body]);
}

function archive(config: string, tag = "docker.io/library/busybox:1.37"): Buffer {
  const manifest = [{ Config: "c.json", RepoTags: [tag], Layers: ["l/layer.tar"] }];
  return Buffer.concat([
    entry("l/layer.tar", "x".repeat(1000)),
    entry("./manifest.json", JSON.stringify(manifest)),
    entry("c.json", config),
    Buffer.alloc(1024),
  ]);
}

describe("image archives", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "cluster-images-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function read(content: Buffer) {
    const path = join(folder, "image.tar");
    await writeFile(path, content);
    return readArchive(path);
  }

  it("tell their names, wherever the manifest lies in the file", async () => {
    assert.deepEqual((await read(archive("{}"))).names, ["docker.io/library/busybox:1.37"]);
  });

  it("have another identity when the content differs, though the name is the same", async () => {
    const first = await read(archive('{"a":1}'));
    assert.equal((await read(archive('{"a":1}'))).identity, first.identity);
    assert.notEqual((await read(archive('{"a":2}'))).identity, first.identity);
  });

  it("that are none are refused by path", async () => {
    await assert.rejects(read(Buffer.alloc(1024)), /image\.tar is no image archive/);
    await assert.rejects(readArchive(join(folder, "no.tar")), /no\.tar cannot be read: ENOENT/);
  });
});
