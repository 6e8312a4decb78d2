import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { LocalError } from "../lib/failure.ts";
import { elfNeeds } from "./elf.ts";

/** Debian's loader looks here without a cache; `/lib` is a link to `/usr/lib` in the images. */
const libraryFolder = "usr/lib/x86_64-linux-gnu";
const loaderFolder = "usr/lib64";
const searchedFolders = ["lib/x86_64-linux-gnu", libraryFolder];

function locate(debianRoot: string, name: string, wantedBy: string): string {
  const folder = searchedFolders.find((candidate) => existsSync(join(debianRoot, candidate, name)));
  if (folder) return join(debianRoot, folder, name);
  throw new LocalError(
    `${wantedBy} needs ${name}, which no Debian package unpacked in ${debianRoot} brings: ` +
      "add the package to the list of the toolchain.",
  );
}

/** Finds everything that must be beside these files for them to run: path in the image -> file to copy. */
export async function libraryClosure(
  files: readonly string[],
  debianRoot: string,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const queue = [...files];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    const needs = await elfNeeds(file);
    const loader = needs?.interpreter && basename(needs.interpreter);
    if (loader) found.set(`${loaderFolder}/${loader}`, locate(debianRoot, loader, file));
    for (const name of needs?.libraries ?? []) {
      const path = `${libraryFolder}/${name}`;
      if (found.has(path) || name.startsWith("ld-linux")) continue;
      const library = locate(debianRoot, name, file);
      found.set(path, library);
      queue.push(library);
    }
  }
  return found;
}
