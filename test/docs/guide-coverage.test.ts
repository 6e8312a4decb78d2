import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, it } from "mocha";
import packageFile from "../../package.json" with { type: "json" };

const document = readFileSync("docs/guide-coverage.md", "utf8");
const makefile = readFileSync("Makefile", "utf8");

/** Rows of a section's table: the guide's point, and where it went. */
const rowsOf = (section: string) => {
  const [, text = ""] = document.split(`\n## ${section}\n`);
  const [own = ""] = text.split("\n## ");
  return own
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map(([, point = "", place = ""]) => ({ point, place }));
};

/** How many points the guide makes there. */
const sections = { Troubleshooting: 28, Lessons: 9, "Next steps": 22 };

describe("docs/guide-coverage.md", () => {
  for (const [section, points] of Object.entries(sections)) {
    it(`has every point of the guide's ${section.toLowerCase()}`, () => {
      assert.equal(new Set(rowsOf(section).map(({ point }) => point)).size, points);
    });

    for (const { point, place } of rowsOf(section))
      it(`leads from "${point}" to something that is there`, () => {
        const links = [...place.matchAll(/\]\(([^)#]+)/g)].map(([, path = ""]) => `docs/${path}`);
        const words = [...place.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word);
        const commands = words.filter((word) => /^(make|npm run) /.test(word));
        const files = words.filter((word) => word.includes("/"));
        assert.ok(links.length + commands.length + files.length > 0, place);
        for (const path of [...links, ...files]) assert.ok(existsSync(path), path);
        for (const command of commands) assert.ok(isThere(command), command);
      });
  }
});

function isThere(command: string): boolean {
  const [, target = ""] = /^make (\S+)/.exec(command) ?? [];
  if (target !== "") return new RegExp(`^${target}:`, "m").test(makefile);
  const [, script = ""] = /^npm run (\S+)/.exec(command) ?? [];
  return Object.hasOwn(packageFile.scripts, script);
}
