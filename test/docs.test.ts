import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "mocha";

const files = globSync("{*.md,docs/**/*.md,{local,bench}/**/README.md}");
const link = /\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g;

/** The anchors of a document's headings, as GitHub makes them. */
const anchors = (file: string) =>
  [...readFileSync(file, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );

describe("Links in the documentation", () => {
  for (const file of files)
    it(`lead from ${file} to files and headings that are there`, () => {
      for (const [, path = "", anchor] of readFileSync(file, "utf8").matchAll(link)) {
        const target = path === "" ? file : join(dirname(file), path);
        assert.ok(existsSync(target), target);
        if (anchor !== undefined)
          assert.ok(anchors(target).includes(anchor), `${target}#${anchor}`);
      }
    });

  for (const file of files)
    it(`lead a reader of ${file} to code that is there, also where they are only words`, () => {
      const text = readFileSync(file, "utf8").replace(/^```.*?^```/gms, "");
      for (const [, path = ""] of text.matchAll(
        /`((?:[\w-]+\/)+[\w.-]*\.(?:ts|json|yaml|yml))`/g,
      )) {
        const [top = ""] = path.split("/");
        // A README in a folder may also name what is in that folder.
        if (existsSync(top))
          assert.ok(existsSync(path) || existsSync(join(dirname(file), path)), path);
      }
    });
});

describe("A refresh", () => {
  // Providers in the state have an old token and a tunnel that the program alone opens.
  const refreshes =
    /pulumi(?: \w+)?(?: [^\n`]*)?(?: --refresh\b| refresh\b)[^\n`]*|pulumi refresh\b[^\n`]*/g;
  const told = [...files, ...globSync("{effects,local,ci,.github/workflows}/**/*.{ts,yml}")];

  it("is told with its program everywhere, without which it fails", () => {
    const lines = told.flatMap((file) => readFileSync(file, "utf8").match(refreshes) ?? []);
    assert.ok(lines.length > 5, `only ${lines.length} were found`);
    assert.deepEqual(
      // A release alone is asked of the API server: no tunnel of the program's is needed.
      lines.filter((line) => !/--run-program|--target '\*\*Release::/.test(line)),
      [],
    );
  });
});
