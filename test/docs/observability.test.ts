import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { createLogger } from "../../local/substitutes/shlink/logger.ts";

const hasJq = spawnSync("jq", ["--version"]).status === 0;

describe("docs/observability.md", () => {
  const title = "tells how to read the lines that RoadRunner wraps, and those that are its own";
  if (!hasJq) it.skip(`${title}: SKIPPED, there is no jq`);
  else
    it(title, () => {
      const [, filter = ""] =
        /jq -rR '([^']+)'/.exec(readFileSync("docs/observability.md", "utf8")) ?? [];
      let lines = "";
      const logger = createLogger(true, (line) => (lines += line));
      logger.log("Shlink", "ERROR", "no way to {the} database");
      logger.own("http", "INFO", "http log", { status: 302 });
      const input = `${lines}not JSON at all\n`;
      const { stdout } = spawnSync("jq", ["-rR", filter], { input, encoding: "utf8" });
      assert.equal(stdout, "ERROR Shlink no way to {the} database\nINFO http http log\n");
    });
});
