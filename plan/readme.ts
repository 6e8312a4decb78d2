import { readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { format } from "prettier";
import { stackSettings } from "./render.ts";
import { differences } from "./tree.ts";

const file = new URL("../README.md", import.meta.url);
const begin = "<!-- What differs, from the two stack files: node plan/readme.ts -->";
const end = "<!-- /What differs -->";

/** The README with its table of differences made anew from the two stack files. */
export async function withDifferences(readme: string): Promise<string> {
  const [before, rest] = readme.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined)
    throw new Error(`README.md lacks the marks around the table: ${begin} ... ${end}`);
  return format(`${before}${begin}\n\n${differenceTable()}\n\n${end}${after}`, {
    parser: "markdown",
    printWidth: 100,
  });
}

/** Sizes and addresses, which differ wherever the program runs; `make plan` prints them too. */
const local = /^tunnels|^charts|requests|storage|memory|NodePort|context|apiServer|BinDir|ConfDir/i;

/** One row for each section of the settings, with the values that differ. */
function differenceTable(): string {
  const sections = new Map<string, [string[], string[]]>();
  for (const [path, dev, prod] of differences(stackSettings("dev"), stackSettings("prod"))) {
    if (local.test(path)) continue;
    const [section = "", ...rest] = path.split(".");
    const [left, right] = sections.get(section) ?? [[], []];
    const label = rest.length === 0 ? "" : `${rest.join(".")} `;
    sections.set(section, [
      [...left, `${label}${dev}`],
      [...right, `${label}${prod}`],
    ]);
  }
  const rows = [...sections].map(
    ([section, [dev, prod]]) => `| ${section} | ${dev.join("; ")} | ${prod.join("; ")} |`,
  );
  return ["| Setting | dev | prod |", "| --- | --- | --- |", ...rows].join("\n");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  await writeFile(file, await withDifferences(await readFile(file, "utf8")));
