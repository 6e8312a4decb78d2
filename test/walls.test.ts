import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import { afterEach, beforeEach, describe, it } from "mocha";
import config from "../.dependency-cruiser.js";
import { type Part, parts } from "../plan/walls.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "walls-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** What the walls refuse in a repository of these files: who imports whom against which rule. */
async function refused(files: Record<string, string>): Promise<string[]> {
  write({ "package.json": "{}", ...files });
  const { forbidden, options } = config;
  const checks = { ...options, ruleSet: { forbidden }, validate: true, baseDir: folder };
  const { output } = await cruise(["."], checks);
  const { violations } = (output as ICruiseResult).summary;
  return violations.map(({ from, to, rule }) => `${from} -> ${to}: ${rule.name}`);
}

const names: string[] = Object.keys(parts);
const isFile = (part: string) => part.includes(".");
const probeOf = (part: string) => (isFile(part) ? part : `${part}/probe.ts`);

/** A file of `part` that imports from every other part. */
function importer(part: string, kind: "values" | "types"): Record<string, string> {
  const statements = names
    .filter((other) => other !== part)
    .map((other, index) => `{ value as value${index} } from "../${probeOf(other)}";\n`)
    .map((statement) => `export ${kind === "types" ? "type " : ""}${statement}`);
  return { [`${part}/${kind}.ts`]: statements.join("") };
}

/** Of what a part may not import: the walls that a file of it must meet. */
function expected(part: string, kind: "values" | "types"): string[] {
  const { imports, types = [] }: Part = parts[part] ?? { what: "", imports: [] };
  return names
    .filter((other) => other !== part && !imports.includes(other))
    .filter((other) => kind === "values" || !types.includes(other))
    .map(
      (other) =>
        `${part}/${kind}.ts -> ${probeOf(other)}: ${part}-${types.includes(other) ? "types" : "imports"}`,
    );
}

describe("The walls between the parts", () => {
  it("stand around every folder that has code", () => {
    const without = ["docs", "findings", "node_modules"];
    const folders = readdirSync(".", { withFileTypes: true })
      .filter(
        (entry) => entry.isDirectory() && !/^\./.test(entry.name) && !without.includes(entry.name),
      )
      .map(({ name }) => name);
    assert.deepEqual(folders.sort(), names.filter((name) => !isFile(name)).sort());
  });

  it("let each part import values and types from the parts of its row, and from no other", async () => {
    const folders = names.filter((name) => !isFile(name));
    const files = Object.fromEntries(
      names.map((name) => [probeOf(name), "export const value = 1;\n"]),
    );
    for (const part of folders)
      Object.assign(files, importer(part, "values"), importer(part, "types"));
    const walls = folders.flatMap((part) => [
      ...expected(part, "values"),
      ...expected(part, "types"),
    ]);
    assert.ok(walls.length > 100);
    assert.deepEqual((await refused(files)).sort(), walls.sort());
  });

  it("let components have the types of settings, and neither their values nor a policy", async () => {
    const found = await refused({
      "settings/vault.ts": "export const vault = 1;\n",
      "policy/rules.ts": "export const policies = [];\n",
      "components/one/index.ts": 'export type { vault } from "../../settings/vault.ts";\n',
      "components/two/index.ts": 'export { vault } from "../../settings/vault.ts";\n',
      "components/three/index.ts": 'export { policies } from "../../policy/rules.ts";\n',
    });
    assert.deepEqual(found.sort(), [
      "components/three/index.ts -> policy/rules.ts: components-imports",
      "components/two/index.ts -> settings/vault.ts: components-types",
    ]);
  });

  it("let the boot order start no local cluster", async () => {
    const found = await refused({
      "local/main.ts": "export const up = 1;\n",
      "index.ts": 'export { up } from "./local/main.ts";\n',
    });
    assert.deepEqual(found, ["index.ts -> local/main.ts: index.ts-imports"]);
  });

  it("refuse circles, also of types", async () => {
    const found = await refused({
      "platform/one.ts": 'export type { Two } from "./two.ts";\nexport type One = 1;\n',
      "platform/two.ts": 'export type { One } from "./one.ts";\nexport type Two = 2;\n',
    });
    assert.deepEqual(found, ["platform/one.ts -> platform/two.ts: circle"]);
  });

  it("refuse packages in pods, files of no part, and imports that lead nowhere", async () => {
    const found = await refused({
      "node_modules/zod/package.json": '{ "name": "zod", "main": "index.js" }',
      "node_modules/zod/index.js": "export const z = 1;\n",
      "incluster/job.ts": 'export { z } from "zod";\n',
      "helpers/index.ts": 'export { z } from "zod";\n',
      "platform/gone.ts": 'export { gone } from "../settings/gone.ts";\n',
    });
    assert.deepEqual(found.sort(), [
      "helpers/index.ts -> node_modules/zod/index.js: no-part",
      "incluster/job.ts -> node_modules/zod/index.js: bare-pod",
      "platform/gone.ts -> ../settings/gone.ts: unresolved",
    ]);
  });
});

describe("The lint", () => {
  /** What it says of these files, sorted. */
  function broken(files: Record<string, string>): string[] {
    copyFileSync(".oxlintrc.json", join(folder, ".oxlintrc.json"));
    symlinkSync(join(process.cwd(), "node_modules"), join(folder, "node_modules"));
    write({ "tsconfig.json": '{ "compilerOptions": { "strict": true } }', ...files });
    const { stdout } = spawnSync("node_modules/.bin/oxlint", ["--format", "json"], {
      cwd: folder,
      encoding: "utf8",
    });
    const { diagnostics } = JSON.parse(stdout) as {
      diagnostics: { filename: string; code: string }[];
    };
    return diagnostics.map(({ filename, code }) => `${filename}: ${code}`).sort();
  }
  const body = (lines: number) => "  void 0;\n".repeat(lines);
  const named = (lines: number) => `export function act() {\n${body(lines - 2)}}\n`;

  it("refuses functions of more than 45 lines, and files of more than 300, tests too", () => {
    const found = broken({
      "index.ts": named(45),
      "components/vault/index.ts": named(46),
      "policy/rules.ts": named(46),
      "test/support/render.ts": named(60),
      "test/support/whole.ts": `export {};\n${body(299)}`,
      "test/support/long.ts": `export {};\n${body(300)}`,
    });
    assert.deepEqual(found, [
      "components/vault/index.ts: eslint(max-lines-per-function)",
      "policy/rules.ts: eslint(max-lines-per-function)",
      "test/support/long.ts: eslint(max-lines)",
    ]);
  });

  it("knows types: it refuses a promise that nobody awaits, what is any, and what any reaches", () => {
    const found = broken({
      "platform/a.ts": "export const act = (later: () => Promise<void>) => {\n  later();\n};\n",
      "platform/b.ts": "export const act = (one: any) => one;\n",
      "platform/c.ts": 'export const one: string = JSON.parse("1");\n',
      "platform/d.ts": "export const act = async () => 1;\n",
    });
    assert.deepEqual(found, [
      "platform/a.ts: typescript(no-floating-promises)",
      "platform/b.ts: typescript(no-explicit-any)",
      "platform/b.ts: typescript(no-unsafe-return)",
      "platform/c.ts: typescript(no-unsafe-assignment)",
      "platform/d.ts: typescript(require-await)",
    ]);
  });

  it("lets components read no environment", () => {
    const text = "export const home: unknown = process.env;\n";
    const found = broken({ "components/vault/index.ts": text, "local/paths.ts": text });
    assert.deepEqual(
      found.filter((one) => one.includes("process-env")),
      ["components/vault/index.ts: node(no-process-env)"],
    );
  });
});

describe("Dead code", () => {
  it("is refused: exports and packages that nobody uses", () => {
    copyFileSync("knip.json", join(folder, "knip.json"));
    write({
      "package.json": JSON.stringify({
        type: "module",
        main: "index.ts",
        dependencies: { zod: "1.0.0" },
      }),
      "index.ts": 'import { used } from "./platform/facts.ts";\nused();\n',
      "platform/facts.ts": "export const used = () => 1;\nexport const unused = () => 2;\n",
      "platform/file.ts": "export const value = 1;\n",
    });
    const knip = join(process.cwd(), "node_modules/.bin/knip");
    const { status, stdout } = spawnSync(knip, ["--no-progress"], {
      cwd: folder,
      encoding: "utf8",
    });
    assert.equal(status, 1);
    assert.match(stdout, /Unused files \(1\)\s+platform\/file\.ts/);
    assert.match(stdout, /Unused dependencies \(1\)\s+zod/);
    assert.match(stdout, /Unused exports \(1\)\s+unused /);
  });
});
