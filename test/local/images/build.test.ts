import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { buildImages } from "../../../local/images/build.ts";
import type { ImageInputs } from "../../../local/images/inputs.ts";
import { LocalError } from "../../../local/lib/failure.ts";
import { put, temporaryFolder } from "./temporary.ts";

const pause = "registry.k8s.io/pause:3.10";
const coredns = "registry.k8s.io/coredns/coredns:v1.12.1";

/** A busybox that knows three commands, and a CoreDNS that is a script. */
function inputs(cache = temporaryFolder()): ImageInputs & { dns: string } {
  const debianRoot = temporaryFolder();
  put(join(debianRoot, "bin/busybox"), "#!/bin/sh\nprintf 'busybox\\nsh\\nsleep\\n'\n", 0o755);
  put(join(debianRoot, "usr/bin/tini"), "#!/bin/sh\n", 0o755);
  const dns = put(join(debianRoot, "coredns"), "#!/bin/sh\n", 0o700);
  return {
    tool: (name) => Promise.resolve(name === "coredns" ? dns : join(debianRoot, "absent", name)),
    moduleFolder: () => Promise.resolve(debianRoot),
    debianRoot: Promise.resolve(debianRoot),
    cache,
    dns,
  };
}

const entry = (tar: string, name: string): Buffer =>
  execFileSync("tar", ["-xOf", tar, name], { maxBuffer: 1 << 26 });
const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

async function one(name: string, from: ImageInputs) {
  const [image] = await buildImages([name], from);
  assert.ok(image);
  return image;
}

/** Only a LocalError is printed as its sentence; anything else is a bug and keeps its trace. */
async function refused(work: Promise<unknown>, sentence: RegExp): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof LocalError);
    assert.match(error.message, sentence);
    return true;
  });
}

interface Manifest {
  Config: string;
  RepoTags: string[];
  Layers: string[];
}

interface Config {
  architecture: string;
  config: { User: string };
  rootfs: { diff_ids: string[] };
}

describe("image archive", () => {
  it("names its configuration and its layers by the digests of their bytes", async () => {
    const { tar } = await one(pause, inputs());
    const [manifest] = JSON.parse(entry(tar, "manifest.json").toString()) as [Manifest];
    assert.deepEqual(manifest.RepoTags, [pause]);
    const bytes = entry(tar, manifest.Config);
    assert.equal(manifest.Config, `${sha256(bytes)}.json`);
    const config = JSON.parse(bytes.toString()) as Config;
    const layers = manifest.Layers.map((layer) => `sha256:${sha256(entry(tar, layer))}`);
    assert.equal(layers.length, 3);
    assert.deepEqual(config.rootfs.diff_ids, layers);
    assert.deepEqual([config.architecture, config.config.User], ["amd64", "65535:65535"]);
  });

  it("has a link for every command of busybox, below the real /usr/bin", async () => {
    const { tar } = await one(pause, inputs());
    const [manifest] = JSON.parse(entry(tar, "manifest.json").toString()) as [Manifest];
    const layer = entry(tar, manifest.Layers[1] ?? "");
    const names = execFileSync("tar", ["-tf", "-"], { input: layer }).toString().split("\n");
    assert.deepEqual(
      names.filter((name) => name && !name.endsWith("/")),
      ["usr/bin/busybox", "usr/bin/sh", "usr/bin/sleep"],
    );
  });

  it("is the same, byte for byte, from the same files elsewhere", async () => {
    const [first, second] = [await one(coredns, inputs()), await one(coredns, inputs())];
    assert.notEqual(first.tar, second.tar);
    assert.ok(readFileSync(first.tar).equals(readFileSync(second.tar)));
  });

  it("leaves nothing half written beside it", async () => {
    const { tar } = await one(pause, inputs());
    assert.deepEqual(readdirSync(join(tar, "..")), ["registry.k8s.io_pause_3.10.tar"]);
  });
});

describe("image cache", () => {
  it("builds an image once", async () => {
    const from = inputs();
    assert.equal((await one(coredns, from)).fresh, true);
    assert.equal((await one(coredns, from)).fresh, false);
  });

  it("builds anew under another key when a file changed, and only the images that have it", async () => {
    const from = inputs();
    const before = await buildImages([pause, coredns], from);
    put(from.dns, "#!/bin/sh\necho new\n", 0o700);
    const after = await buildImages([pause, coredns], from);
    assert.deepEqual(
      after.map(({ fresh }) => fresh),
      [false, true],
    );
    assert.notEqual(after[1]?.tar, before[1]?.tar);
  });

  it("goes back to the first archive when the first content comes back", async () => {
    const from = inputs();
    const first = await one(coredns, from);
    put(from.dns, "changed", 0o700);
    await one(coredns, from);
    put(from.dns, "#!/bin/sh\n", 0o700);
    assert.deepEqual(await one(coredns, from), { ...first, fresh: false });
  });

  it("reports each image with its place in the row", async () => {
    const reported: string[] = [];
    await buildImages([pause, coredns], inputs(), ({ step, steps, image, fresh }) =>
      reported.push(`${step}/${steps} ${image} ${fresh}`),
    );
    assert.deepEqual(reported, [`1/2 ${pause} true`, `2/2 ${coredns} true`]);
  });

  it("refuses a name without a recipe and says which there are", async () => {
    await refused(
      buildImages(["docker.io/library/nginx:1"], inputs()),
      /no recipe for the image docker\.io\/library\/nginx:1 .*Known: registry\.k8s\.io/,
    );
  });

  it("says which file is missing, and that the toolchain comes first", async () => {
    await refused(
      one("docker.io/hashicorp/vault:2.0.4", inputs()),
      /the binary bao is missing .*Build the toolchain first\./,
    );
  });
});
