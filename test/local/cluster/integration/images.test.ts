import assert from "node:assert/strict";
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { after, before, describe, it } from "mocha";
import { bringInto } from "../../../../local/cluster/images.ts";
import { layoutOf } from "../../../../local/cluster/layout.ts";
import { put, temporaryFolder } from "../../images/temporary.ts";
import { skip } from "../../../support/skip.ts";

const containerd = ["/usr/bin/containerd", "/usr/local/bin/containerd"].find(existsSync);
const reason =
  process.getuid?.() !== 0 ? "only root can" : containerd ? undefined : "there is no containerd";

const digest = (content: Buffer) => `sha256:${createHash("sha256").update(content).digest("hex")}`;

/** A registry with one image of one layer, behind an index as real ones are. */
function registry(layer: Buffer) {
  const blobs = new Map<string, { type: string; content: Buffer }>();
  const keep = (type: string, content: Buffer) => {
    blobs.set(digest(content), { type, content });
    return { mediaType: type, digest: digest(content), size: content.length };
  };
  const json = (value: object) => Buffer.from(JSON.stringify(value));
  const oci = (kind: string) => `application/vnd.oci.image.${kind}.v1`;
  const platform = { architecture: "amd64", os: "linux" };
  const rootfs = { type: "layers", diff_ids: [digest(layer)] };
  const config = keep(`${oci("config")}+json`, json({ ...platform, config: {}, rootfs }));
  const packed = keep(`${oci("layer")}.tar+gzip`, gzipSync(layer));
  const manifest = json({
    schemaVersion: 2,
    mediaType: `${oci("manifest")}+json`,
    config,
    layers: [packed],
  });
  const only = { ...keep(`${oci("manifest")}+json`, manifest), platform };
  const index = json({ schemaVersion: 2, mediaType: `${oci("index")}+json`, manifests: [only] });
  blobs.set("1", { type: `${oci("index")}+json`, content: index });
  blobs.set(digest(index), { type: `${oci("index")}+json`, content: index });
  return blobs;
}

describe("images pulled from a registry on loopback", function () {
  this.timeout(60_000);
  if (reason !== undefined) return skip(reason);

  const folder = temporaryFolder();
  const layout = layoutOf(join(folder, "cluster"));
  const asked: string[] = [];
  let blobs = new Map<string, { type: string; content: Buffer }>();
  let daemon: ChildProcess;
  let host = "";
  const server = createServer((request, response) => {
    const url = request.url ?? "";
    asked.push(url);
    const found = blobs.get(url.split("/").at(-1) ?? "");
    if (!found) return response.writeHead(url === "/v2/" ? 200 : 404).end();
    response.writeHead(200, {
      "content-type": found.type,
      "content-length": found.content.length,
      "docker-content-digest": digest(found.content),
    });
    return response.end(request.method === "HEAD" ? undefined : found.content);
  });
  const ctr = (...args: string[]) =>
    execFileSync("ctr", ["-a", layout.containerdSocket, "-n", "k8s.io", ...args]).toString();

  before(async () => {
    put(join(folder, "root/hello"), "from the registry\n");
    blobs = registry(execFileSync("tar", ["-cf", "-", "-C", join(folder, "root"), "hello"]));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    mkdirSync(layout.imported, { recursive: true });
    mkdirSync(layout.containerdState, { recursive: true });
    writeFileSync(
      join(folder, "config.toml"),
      'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n',
    );
    const flags = ["--root", layout.containerdRoot, "--state", layout.containerdState];
    daemon = spawn(
      containerd ?? "",
      ["--config", join(folder, "config.toml"), "--address", layout.containerdSocket, ...flags],
      { stdio: "ignore" },
    );
    for (let tries = 0; tries < 100 && !existsSync(layout.containerdSocket); tries++)
      await sleep(100);
  });
  after(async () => {
    server.close();
    daemon.kill();
    await once(daemon, "exit");
  });

  it("are in containerd under their name, unpacked, and asked for once", async () => {
    const name = `${host}/library/hello:1`;
    await bringInto(layout, [{ pull: name }], () => undefined);
    assert.deepEqual(ctr("images", "list", "--quiet").trim().split("\n"), [name]);
    const mount = join(folder, "mount");
    mkdirSync(mount);
    ctr("images", "mount", name, mount);
    try {
      assert.equal(execFileSync("cat", [join(mount, "hello")]).toString(), "from the registry\n");
    } finally {
      ctr("images", "unmount", mount);
    }
    const first = asked.length;
    assert.ok(first > 0);
    await bringInto(layout, [{ pull: name }], () => undefined);
    assert.equal(asked.length, first);
  });

  it("fail by name when the registry lacks them", async () => {
    await assert.rejects(
      bringInto(layout, [{ pull: `${host}/library/absent:2` }], () => undefined),
      /library\/absent:2 cannot be pulled: .*not found/,
    );
  });
});
