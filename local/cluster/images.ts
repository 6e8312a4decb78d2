import { createHash } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { run, tryRun } from "./command.ts";
import { ClusterError } from "./failure.ts";
import type { Layout } from "./layout.ts";
import { readArchive, type ArchivedImage } from "./tar.ts";

export interface ImportResult {
  imported: string[];
  skipped: string[];
}

/** Imports image archives into the cluster's containerd, except those that it has already. */
export async function importInto(
  layout: Layout,
  paths: string[],
  onProgress: (message: string) => void,
): Promise<ImportResult> {
  const present = await presentImages(layout);
  const result: ImportResult = { imported: [], skipped: [] };
  const waiting = [...new Set(paths)];
  const worker = async () => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const image = await readArchive(path);
      if (await isImported(layout, image, present)) {
        result.skipped.push(path);
        continue;
      }
      onProgress(`Importing ${image.names.join(", ") || basename(path)}`);
      await importOne(layout, path);
      await remember(layout, image);
      result.imported.push(path);
    }
  };
  await Promise.all([worker(), worker()]);
  return result;
}

function ctr(layout: Layout, ...args: string[]): string[] {
  return ["--address", layout.containerdSocket, "--namespace", "k8s.io", "images", ...args];
}

async function presentImages(layout: Layout): Promise<Set<string>> {
  const list = await tryRun("ctr", ctr(layout, "list", "--quiet"));
  if (list.code !== 0) {
    throw new ClusterError(
      "No image can be imported: the local cluster is not running; start it first.",
    );
  }
  return new Set(list.stdout.split("\n").filter((name) => name !== ""));
}

async function importOne(layout: Layout, path: string): Promise<void> {
  await run("ctr", ctr(layout, "import", "--snapshotter", "overlayfs", path)).catch(
    (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ClusterError(`The image file ${path} cannot be imported: ${reason}`);
    },
  );
}

/** What was imported under a name; a name may move to another image, so it alone says too little. */
function noteOf(layout: Layout, name: string): string {
  return join(layout.imported, createHash("sha256").update(name).digest("hex"));
}

async function isImported(
  layout: Layout,
  image: ArchivedImage,
  present: Set<string>,
): Promise<boolean> {
  if (image.names.length === 0) return false;
  for (const name of image.names) {
    const noted = await readFile(noteOf(layout, name), "utf8").catch(() => undefined);
    if (noted !== image.identity || !present.has(name)) return false;
  }
  return true;
}

async function remember(layout: Layout, image: ArchivedImage): Promise<void> {
  for (const name of image.names) {
    const draft = `${noteOf(layout, name)}.${process.pid}`;
    await writeFile(draft, image.identity, { mode: 0o600 });
    await rename(draft, noteOf(layout, name));
  }
}
