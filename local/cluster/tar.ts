import { createHash } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";
import { ClusterError } from "./failure.ts";

const block = 512;

function textAt(header: Buffer, start: number, length: number): string {
  const end = header.indexOf(0, start);
  return header.toString(
    "utf8",
    start,
    end >= start && end < start + length ? end : start + length,
  );
}

/** Reads the files of a tar whose names are asked for, skipping over all other content. */
async function readFiles(
  tar: FileHandle,
  wanted: (name: string) => boolean,
): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  const header = Buffer.alloc(block);
  for (let at = 0; ;) {
    const { bytesRead } = await tar.read(header, 0, block, at);
    if (bytesRead < block || header[0] === 0) return found;
    const name = textAt(header, 0, 100).replace(/^\.\//, "");
    const size = parseInt(textAt(header, 124, 12).trim() || "0", 8);
    // Sizes of 8 GiB and more are written in another way: no single file of an image needs it.
    if (!Number.isFinite(size)) throw new ClusterError(`the entry ${name} has no readable size`);
    if (wanted(name) && size < 16 * 1024 * 1024) {
      const content = Buffer.alloc(size);
      await tar.read(content, 0, size, at + block);
      found.set(name, content);
    }
    at += block + Math.ceil(size / block) * block;
  }
}

export interface ArchivedImage {
  names: string[];
  /** Changes whenever the image's configuration or layers change. */
  identity: string;
}

interface ArchiveEntry {
  Config?: string;
  RepoTags?: string[] | null;
}

/** What images a docker-archive holds: their names, and an identity of their content. */
export async function readArchive(path: string): Promise<ArchivedImage> {
  const tar = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    throw new ClusterError(
      `The image file ${path} cannot be read: ${error.code ?? error.message}.`,
    );
  });
  try {
    const files = await readFiles(tar, (name) => name === "manifest.json");
    const manifest = files.get("manifest.json");
    if (!manifest) throw new ClusterError(`${path} is no image archive: it has no manifest.json.`);
    const entries = JSON.parse(manifest.toString("utf8")) as ArchiveEntry[];
    const configs = new Set(entries.map((entry) => entry.Config ?? ""));
    const hash = createHash("sha256").update(manifest);
    for (const content of (await readFiles(tar, (name) => configs.has(name))).values())
      hash.update(content);
    return {
      names: entries.flatMap((entry) => entry.RepoTags ?? []),
      identity: hash.digest("hex"),
    };
  } finally {
    await tar.close();
  }
}
