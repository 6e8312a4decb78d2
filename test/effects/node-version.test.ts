import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";

const check = "./effects/node-version.js";

describe("An npm script", () => {
  it("says in a sentence that Node is too old", () => {
    for (const [version, code] of [
      ["20.20.2", 1],
      ["22.17.9", 1],
      ["22.18.0", 0],
      ["24.0.0", 0],
    ] as const) {
      const versions = `Object.defineProperty(process, "versions", { value: { node: "${version}" } });`;
      const pretend = `data:text/javascript,${encodeURIComponent(versions)}`;
      const args = ["--import", pretend, "--import", check, "--eval", "0"];
      const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
      const said = `This needs Node 22.18 or newer, and ${process.execPath} is ${version}.\n`;
      assert.deepEqual([status, stderr], [code, code === 0 ? "" : said]);
    }
  });

  it("asks for the version before anything else", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
      scripts: Record<string, string>;
    };
    for (const script of Object.values(scripts))
      assert.match(script, /^node --import \.\/effects\/node-version\.js [a-z-]+\/[a-z-]+\.ts$/);
  });
});
