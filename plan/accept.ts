import { readFile, writeFile } from "node:fs/promises";
import { document } from "./policies.ts";
import { policies } from "../policy/rules.ts";
import { withParts } from "./architecture.ts";
import { listing } from "./listing.ts";
import { partsPicture } from "./parts-picture.ts";
import { picture } from "./picture.ts";
import { withTables } from "./readme.ts";
import { runbooks } from "./runbooks.ts";
import { stackFileSchema } from "./schema.ts";
import { settingsDocument } from "./settings.ts";

/** The files that follow from the program, its settings and its policies, each with what makes it anew. */
export const derived: Record<string, (current: string) => Promise<string>> = {
  "README.md": withTables,
  "docs/architecture.md": withParts,
  "docs/architecture.svg": () => Promise.resolve(picture()),
  "docs/which-parts.svg": () => Promise.resolve(partsPicture()),
  "docs/policies.md": () => document(policies),
  "docs/settings.md": settingsDocument,
  ...runbooks,
  "settings/schema.json": stackFileSchema,
  "test/golden/dev.json": () => listing("dev"),
  "test/golden/prod.json": () => listing("prod"),
};

/** The text of a derived file; a new one is empty. */
export function currentText(path: string): Promise<string> {
  return readFile(fileOf(path), "utf8").catch(() => "");
}

const fileOf = (path: string) => new URL(`../${path}`, import.meta.url);

if (process.argv[1] === import.meta.filename)
  for (const [path, make] of Object.entries(derived))
    await writeFile(fileOf(path), await make(await currentText(path)));
