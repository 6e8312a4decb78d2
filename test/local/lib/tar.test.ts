import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, it } from "mocha";
import {
  measureTar,
  readFiles,
  type TarEntry,
  wholeTree,
  writeTar,
} from "../../../local/lib/tar.ts";
import { put, temporaryFolder } from "../images/temporary.ts";

async function tarBuffer(entries: readonly TarEntry[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of writeTar(wholeTree(entries))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const file = (path: string, text = "x", mode = 0o644): TarEntry => ({
  kind: "file",
  path,
  mode,
  content: Buffer.from(text),
});

/** What GNU tar, which knows nothing of our writer, makes of the bytes. */
function listed(tar: Buffer): string[] {
  const options = { input: tar, env: { PATH: process.env["PATH"], TZ: "UTC", LC_ALL: "C" } };
  const text = execFileSync("tar", ["--numeric-owner", "-tvf", "-"], options).toString();
  return text.trimEnd().split("\n");
}

describe("tar", () => {
  it("writes files, folders and links that GNU tar reads, all at the start of 1970", async () => {
    const lines = listed(
      await tarBuffer([
        file("etc/motd", "hello", 0o600),
        { kind: "folder", path: "tmp", mode: 0o1777, uid: 26, gid: 27 },
        { kind: "link", path: "bin", target: "usr/bin" },
      ]),
    );
    assert.deepEqual(
      lines.map((line) => line.replaceAll(/\s+/g, " ")),
      [
        "lrwxrwxrwx 0/0 0 1970-01-01 00:00 bin -> usr/bin",
        "drwxr-xr-x 0/0 0 1970-01-01 00:00 etc/",
        "-rw------- 0/0 5 1970-01-01 00:00 etc/motd",
        "drwxrwxrwt 26/27 0 1970-01-01 00:00 tmp/",
      ],
    );
  });

  it("gives the same bytes whatever order the entries come in", async () => {
    const entries = [file("b/c"), file("a"), file("b/a")];
    assert.ok((await tarBuffer(entries)).equals(await tarBuffer(entries.toReversed())));
  });

  it("keeps names and link targets of more than 100 bytes whole", async () => {
    const long = `${"folder/".repeat(30)}name`;
    const [line] = listed(await tarBuffer([{ kind: "link", path: "l", target: long }]));
    assert.ok(line?.endsWith(`l -> ${long}`), line);
    assert.ok(
      listed(await tarBuffer([file(long)]))
        .at(-1)
        ?.endsWith(` ${long}`),
    );
  });

  it("copies files from disk and measures the tar without keeping it", async () => {
    const source = join(temporaryFolder(), "big");
    writeFileSync(source, Buffer.alloc(3_000_001, 7));
    const entries: TarEntry[] = [
      { kind: "file", path: "big", mode: 0o755, content: { file: source } },
    ];
    const tar = await tarBuffer(entries);
    assert.match(listed(tar)[0] ?? "", /-rwxr-xr-x 0\/0 +3000001 /);
    const digest = createHash("sha256").update(tar).digest("hex");
    assert.deepEqual(await measureTar(writeTar(entries)), { digest, size: tar.length });
  });

  it("fails when a file on the disk is missing, and when its content is shorter than was said", async () => {
    const missing = { file: join(temporaryFolder(), "none") };
    const short = { size: 9, chunks: () => Readable.from([Buffer.from("x")]) };
    for (const content of [missing, short])
      await assert.rejects(tarBuffer([{ kind: "file", path: "a", mode: 0o644, content }]));
  });

  it("reads the files that are asked for, wherever they are", async () => {
    const content = await tarBuffer([file("a/b", "one"), file("c", "two"), file("d", "three")]);
    const tar = put(join(temporaryFolder(), "some.tar"), content);
    const found = await readFiles(tar, ["d", "a/b", "absent"]);
    assert.deepEqual([...found].map(([name, bytes]) => [name, bytes.toString()]).sort(), [
      ["a/b", "one"],
      ["d", "three"],
    ]);
  });

  it("reads no further than the last file that is asked for", async () => {
    const whole = await tarBuffer([file("a", "one"), file("b", "two")]);
    const tar = put(join(temporaryFolder(), "cut.tar"), whole.subarray(0, 1100));
    assert.equal((await readFiles(tar, ["a"])).get("a")?.toString(), "one");
  });
});
