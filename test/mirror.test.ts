import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, it } from "mocha";

// Those in e2e/ are about the whole stack.
const tests = globSync("test/**/*.test.ts", { exclude: ["test/e2e/**"] }).sort();

/** About the tree as a whole. */
const ofTheTree = ["test/functions.test.ts", "test/mirror.test.ts", "test/walls.test.ts"];

/** What a test may be about: a file of the program, a document, or a folder. */
const exists = (path: string) =>
  ["", ".ts", ".js", ".md", ".yaml", ".json"].some((ending) => existsSync(`${path}${ending}`));

function hasSubject(test: string): boolean {
  // TypeScript does not look into dotted folders: the tests of .github go without the dot.
  const subject = test.replace(/^test\/(?=github\/)/, ".").replace(/^test\/|\.test\.ts$/g, "");
  const folder = dirname(subject);
  // Parts that are tested together, with what they need beside them.
  if (folder.endsWith("/integration")) return existsSync(dirname(folder));
  // Several tests of one file lie in a folder of its name; tools of the tests have tests, too.
  return exists(subject) || existsSync(`${folder}.ts`) || exists(`test/${subject}`);
}

describe("The tests", () => {
  it("lie where their subjects lie", () => {
    assert.ok(tests.length > 100);
    assert.deepEqual(
      tests.filter((test) => !hasSubject(test)),
      ofTheTree,
    );
  });

  it("run the program by synth, which runs it once for all, but where they look into the run itself", () => {
    const rendering = tests.filter((test) =>
      /import \{[^}]*\brender\b[^}]*\} from "[./]*plan\/render\.ts"/.test(
        readFileSync(test, "utf8"),
      ),
    );
    assert.deepEqual(rendering, [
      "test/components/database/postgres.test.ts",
      "test/components/namespaces/marking.test.ts",
      "test/components/shlink/index.test.ts",
      "test/index/upgrade.test.ts",
      "test/index/vault.test.ts",
      "test/plan/render.test.ts",
    ]);
  });
});
