import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, it } from "mocha";
import { writeTar, type TarEntry } from "../../../local/lib/tar.ts";
import { readArchive } from "../../../local/images/archive.ts";

const textFile = (path: string, text: string): TarEntry => ({
  kind: "file",
  path,
  mode: 0o644,
  content: Buffer.from(text),
});

function archive(config: string, tag = "docker.io/library/busybox:1.37"): Promise<Buffer> {
  const manifest = [{ Config: "c.json", RepoTags: [tag], Layers: ["l/layer.tar"] }];
  const entries = [
    textFile("l/layer.tar", "x".repeat(1000)),
    textFile("./manifest.json", JSON.stringify(manifest)),
    textFile("c.json", config),
  ];
  return buffer(writeTar(entries));
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
    assert.deepEqual((await read(await archive("{}"))).names, ["docker.io/library/busybox:1.37"]);
  });

  it("have another identity when the content differs, though the name is the same", async () => {
    const first = await read(await archive('{"a":1}'));
    assert.equal((await read(await archive('{"a":1}'))).identity, first.identity);
    assert.notEqual((await read(await archive('{"a":2}'))).identity, first.identity);
  });

  it("that are none are refused by path", async () => {
    await assert.rejects(read(Buffer.alloc(1024)), /image\.tar is no image archive/);
    await assert.rejects(readArchive(join(folder, "no.tar")), /no\.tar cannot be read: ENOENT/);
  });
});
