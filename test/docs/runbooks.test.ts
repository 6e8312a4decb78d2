import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { globSync, readdirSync, readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { runbookOf } from "../../components/observability/rules.ts";
import { findings } from "../../doctor/chain.ts";
import { allAlerts } from "../../plan/runbooks.ts";
import { blocksOf } from "./support/runbooks.ts";

const folder = "docs/runbooks";
const pages = readdirSync(folder).filter((file) => file !== "README.md");

/** Commands of a runnable block may ask; these change something. */
const changing =
  /\b(apply|delete|create|patch|scale|annotate|label|rollout restart|edit|replace|pulumi|npm)\b/;

describe("The runbooks", () => {
  it("are one for each alert and each finding, and no other", () => {
    const ids = [...allAlerts.map(({ name }) => runbookOf(name)), ...findings.map(({ id }) => id)];
    assert.deepEqual(pages.sort(), [...new Set(ids)].map((id) => `${id}.md`).sort());
  });

  for (const file of pages)
    it(`say in ${file} what to know and to do, with commands`, () => {
      const text = readFileSync(`${folder}/${file}`, "utf8");
      const sections = [...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
      assert.deepEqual(sections, ["Meaning", "Impact", "Diagnosis", "Mitigation"]);
      assert.match(text, /```sh( runnable)?\n(kubectl|openssl) /);
    });

  it("are all in the index", () => {
    const index = readFileSync(`${folder}/README.md`, "utf8");
    for (const file of pages) assert.ok(index.includes(`(${file})`), file);
  });
});

describe("The commands in the documentation", () => {
  for (const file of globSync("{*.md,docs/**/*.md}"))
    it(`are what a shell can read in ${file}`, () => {
      for (const { text } of blocksOf(file)) {
        const { status, stderr } = spawnSync("bash", ["-n"], { input: text, encoding: "utf8" });
        assert.equal(status, 0, `${text}${stderr}`);
      }
    });

  it("change nothing and name nothing in capitals where they are marked runnable", () => {
    const runnable = pages
      .flatMap((file) => blocksOf(`${folder}/${file}`))
      .filter((block) => block.runnable);
    assert.ok(runnable.length >= findings.length - allAlerts.length);
    for (const { file, text } of runnable) {
      assert.doesNotMatch(text.replaceAll(/'[^']*'/g, ""), changing, file);
      assert.doesNotMatch(text, /\b(NAMESPACE|NAME|POD|JOB|REPLICAS)\b/, file);
    }
  });
});
