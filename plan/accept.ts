import { readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { withDifferences } from "./readme.ts";
import { stackFileSchema } from "./schema.ts";
import { settingsDocument } from "./settings.ts";

const root = new URL("../", import.meta.url);

/** The files of the repository that follow from the program and its settings, each with what makes it. */
export const derived: Record<string, (current: string) => Promise<string>> = {
  "README.md": withDifferences,
  "docs/settings.md": settingsDocument,
  "settings/schema.json": stackFileSchema,
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  for (const [path, make] of Object.entries(derived)) {
    const file = new URL(path, root);
    await writeFile(file, await make(await readFile(file, "utf8").catch(() => "")));
  }
