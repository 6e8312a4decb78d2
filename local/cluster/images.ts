import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { run, tryRun } from "../lib/run.ts";
import { LocalError, messageOf } from "../lib/failure.ts";
import { publishPrivateFile } from "../lib/publish.ts";
import { readArchive, type ArchivedImage } from "../images/archive.ts";
import type { Layout } from "./layout.ts";

/** An image in an archive on this machine, or in the registry that its name begins with. */
export type ImageOrigin = { archive: string } | { pull: string };

/** Brings images into the cluster's containerd, except those that it has already. */
export async function bringInto(
  layout: Layout,
  origins: readonly ImageOrigin[],
  onProgress: (message: string) => void,
): Promise<void> {
  const present = await presentImages(layout);
  const waiting = [...origins];
  const worker = async () => {
    for (let origin = waiting.shift(); origin !== undefined; origin = waiting.shift()) {
      const image = await identify(origin);
      if (await isThere(layout, image, present)) continue;
      onProgress(`${"pull" in origin ? "Pulling" : "Importing"} ${image.names.join(", ")}`);
      await ("pull" in origin ? pull(layout, origin.pull) : importOne(layout, origin.archive));
      await remember(layout, image);
    }
  };
  await Promise.all([worker(), worker()]);
}

/** Says what an origin holds. A registry's tag is taken once: what it holds later is another cluster's matter. */
async function identify(origin: ImageOrigin): Promise<ArchivedImage> {
  if ("archive" in origin) return readArchive(origin.archive);
  return { names: [origin.pull], identity: "pulled" };
}

function ctr(layout: Layout, ...args: string[]): string[] {
  return ["--address", layout.containerdSocket, "--namespace", "k8s.io", "images", ...args];
}

async function presentImages(layout: Layout): Promise<Set<string>> {
  const list = await tryRun("ctr", ctr(layout, "list", "--quiet"));
  if (list.code !== 0) {
    throw new LocalError(
      "No image can be imported: the local cluster is not running; start it first.",
    );
  }
  return new Set(list.stdout.split("\n").filter((name) => name !== ""));
}

async function importOne(layout: Layout, path: string): Promise<void> {
  await run("ctr", ctr(layout, "import", "--snapshotter", "overlayfs", path)).catch(
    (error: unknown) => {
      throw new LocalError(`The image file ${path} cannot be imported: ${messageOf(error)}`);
    },
  );
}

/** Lets the client download, on the host: the cluster's own namespace has no way out and needs none. */
async function pull(layout: Layout, name: string): Promise<void> {
  const { stdout: help } = await tryRun("ctr", ["images", "pull", "--help"]);
  // From containerd 2 on the daemon downloads unless told not to.
  const local = help.includes("--local") ? ["--local"] : [];
  await run("ctr", ctr(layout, "pull", ...local, "--snapshotter", "overlayfs", name)).catch(
    (error: unknown) => {
      throw new LocalError(
        `The image ${name} cannot be pulled: ${messageOf(error)}\nTry again with make up, or build ` +
          "everything here instead: make clean-local, then SUPPLY=built make up.",
      );
    },
  );
}

/** Names the note of what was imported under a name: names move to other images, so one alone says too little. */
function noteOf(layout: Layout, name: string): string {
  return join(layout.imported, createHash("sha256").update(name).digest("hex"));
}

async function isThere(
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
  for (const name of image.names) await publishPrivateFile(noteOf(layout, name), image.identity);
}
