import { after, before, describe, it } from "mocha";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Engine, LEVEL, packFolder, type Analyzed } from "../../bench/engine.ts";
import { asNode } from "./support/old-node.ts";
import { GATEWAY } from "./support/fixtures/routes.ts";
import { release } from "./support/fixtures/releases.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const name = "shlink-platform-policy";

function run(cwd: string, command: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  assert.equal(status, 0, `${command} ${args.join(" ")}: ${stderr}`);
  return stdout;
}

/** Packs a copy of the folder, so that what the build writes is in nobody's way; returns the file's path. */
function pack(temporary: string) {
  const sources = join(temporary, "sources");
  cpSync(packFolder, join(sources, "policy"), { recursive: true });
  mkdirSync(join(sources, "docs"));
  for (const file of ["tsconfig.json", "LICENSE", "docs/policies.md"])
    cpSync(join(root, file), join(sources, file));
  symlinkSync(join(root, "node_modules"), join(sources, "node_modules"));
  const [packed] = JSON.parse(run(join(sources, "policy"), "npm", "pack", "--json")) as {
    filename: string;
  }[];
  return join(sources, "policy", packed?.filename ?? "");
}

/** What the package names as its dependencies, where `npm ci` has put it: another version, or what it does not name, is missing. */
function linked() {
  const file = readFileSync(join(packFolder, "package.json"), "utf8");
  const { dependencies } = JSON.parse(file) as { dependencies: Record<string, string> };
  const names = Object.keys(dependencies);
  return Object.fromEntries(names.map((one) => [one, `file:${root}node_modules/${one}`]));
}

/** What a gateway open to every host and a chart of Vault without TLS are to three stacks. */
const bad = [
  {
    ...GATEWAY,
    props: { metadata: { name: "g", namespace: "x" }, spec: { servers: [{ hosts: ["*"] }] } },
  },
  release("vault", {}),
];
const stacks = [
  { stack: "a dev stack", config: { class: "dev" }, level: LEVEL.advisory, exitCode: 0 },
  { stack: "a prod stack", config: { class: "prod" }, level: LEVEL.mandatory, exitCode: 1 },
  { stack: "a stack without configuration", level: LEVEL.mandatory, exitCode: 1 },
];

describe("the published package", function () {
  this.timeout(180_000);
  let project = "";
  let installed = "";
  before(() => {
    project = mkdtempSync(join(tmpdir(), "policy-package-"));
    const tarball = pack(project);
    const user = { name: "user", private: true, dependencies: linked() };
    writeFileSync(join(project, "package.json"), JSON.stringify(user));
    run(project, "npm", "install", "--ignore-scripts", "--no-audit", "--offline", tarball);
    installed = join(project, "node_modules", name);
  });
  after(() => {
    rmSync(project, { recursive: true });
  });

  it("holds JavaScript, its documents and its licence, and no sources", () => {
    const files = globSync("**/*", { cwd: installed, exclude: ["node_modules"] });
    assert.deepEqual(
      files.filter((file) => file.endsWith(".ts")),
      [],
    );
    const needed = ["LICENSE", "README.md", "docs/policies.md", "config/prod.json", "pack"];
    assert.deepEqual(
      needed.filter((file) => !files.includes(file)),
      [],
    );
    const rules = (folder: string, ending: string) =>
      globSync(`rules/*${ending}`, { cwd: folder })
        .map((file) => file.replace(ending, ""))
        .sort();
    assert.deepEqual(rules(join(installed, "dist"), ".js"), rules(packFolder, ".ts"));
  });

  const starts: Record<string, () => [string, string[]]> = {
    "its script": () => [join(installed, "pack"), ["127.0.0.1:1"]],
    "the official host": () => [
      process.execPath,
      [join(project, "node_modules/@pulumi/pulumi/cmd/run-policy-pack"), "127.0.0.1:1", "."],
    ],
  };
  for (const [way, command] of Object.entries(starts))
    it(`judges three stacks in the engine, started by ${way}`, async () => {
      const engine = await Engine.start(...command(), installed);
      try {
        for (const { config, level } of stacks) {
          await engine.configure(
            config === undefined
              ? {}
              : { "stack-class": { level: LEVEL.mandatory, properties: config } },
          );
          assert.deepEqual(await levels(engine), { V02: level, W01: level });
        }
      } finally {
        await engine.stop();
      }
    });

  for (const { stack, config, exitCode } of stacks)
    it(`judges ${stack} by its command`, () => {
      const file = join(project, "resources.json");
      const registrations = bad.map(({ type, name, props }) => ({ type, name, inputs: props }));
      writeFileSync(file, JSON.stringify(registrations));
      const configFile = join(project, "class.json");
      writeFileSync(configFile, JSON.stringify({ "stack-class": config }));
      const { status, stdout, stderr } = spawnSync(
        join(project, "node_modules/.bin", name),
        [...(config === undefined ? [] : ["--config", configFile]), file],
        { encoding: "utf8" },
      );
      assert.deepEqual([status, stderr], [exitCode, ""]);
      assert.match(stdout, /V02 Helm release[^]*W01 Gateway/);
      assert.match(stdout, new RegExp(`judged as ${config?.class ?? "prod"}: 2 resources`));
    });

  it("says in one sentence that Node is too old for it", () => {
    for (const program of ["index.js", "check.js"]) {
      const { status, stdout, stderr } = asNode("20.20.2", installed, program);
      const sentence = "policy pack: it needs Node 22.18 or newer, and this is 20.20.2.\n";
      assert.deepEqual([status, stdout, stderr], [1, "", sentence]);
    }
  });
});

/** The levels of the two findings that every stack must get. */
async function levels(engine: Engine) {
  const found: Record<string, number> = {};
  for (const { type, name, props } of bad) {
    const resource: Analyzed = { type, name, props, urn: `urn:pulumi:s::p::${type}::${name}` };
    for (const { message, enforcementlevel } of await engine.analyze(resource)) {
      const [code = ""] = message.split(" ");
      if (code === "V02" || code === "W01") found[code] = enforcementlevel;
    }
  }
  return found;
}
