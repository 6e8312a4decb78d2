import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { elfNeeds } from "./elf.ts";

/** Where Debian's loader looks without a cache; `/lib` is a link to `/usr/lib` in the images. */
export const LIBRARY_FOLDER = "usr/lib/x86_64-linux-gnu";
export const LOADER_FOLDER = "usr/lib64";
const SEARCHED = ["lib/x86_64-linux-gnu", LIBRARY_FOLDER];

export class MissingLibraryError extends Error {}

function locate(debianRoot: string, name: string, wantedBy: string): string {
  const folder = SEARCHED.find((candidate) => existsSync(join(debianRoot, candidate, name)));
  if (folder) return join(debianRoot, folder, name);
  throw new MissingLibraryError(
    `${wantedBy} needs ${name}, which no Debian package unpacked in ${debianRoot} brings: ` +
      "add the package to the list of the toolchain.",
  );
}

/**
 * Everything that must lie beside these files for them to run: path in the image -> file to copy.
 */
export async function libraryClosure(
  files: readonly string[],
  debianRoot: string,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const queue = [...files];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    const needs = await elfNeeds(file);
    const loader = needs?.interpreter && basename(needs.interpreter);
    if (loader) found.set(`${LOADER_FOLDER}/${loader}`, locate(debianRoot, loader, file));
    for (const name of needs?.libraries ?? []) {
      const path = `${LIBRARY_FOLDER}/${name}`;
      if (found.has(path) || name.startsWith("ld-linux")) continue;
      const library = locate(debianRoot, name, file);
      found.set(path, library);
      queue.push(library);
    }
  }
  return found;
}
