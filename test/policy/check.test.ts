import { after, before, describe, it } from "mocha";
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError, readResources } from "../../policy/cli/input.ts";
import { judgeAll } from "../../policy/cli/judge.ts";
import { runProgram, startProgram } from "../support/program.ts";
import { pack } from "./support/pack.ts";
import { inClass, TODAY } from "./support/run.ts";
import { GATEWAY } from "./support/fixtures/routes.ts";
import { VAULT } from "./support/fixtures/vault.ts";

interface Json {
  reports: { stack: string; findings: { code: string; level: string; path: string }[] }[];
}
describe("policies without the engine", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "policy-check-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const write = (name: string, value: unknown): string => {
    const file = join(folder, name);
    writeFileSync(file, typeof value === "string" ? value : JSON.stringify(value));
    return file;
  };
  const check = (...args: string[]) => runProgram("policy/check.ts", args);
  const open = {
    type: GATEWAY.type,
    name: "a<b&",
    inputs: { metadata: { name: "a<b&", namespace: "x" }, spec: { servers: [{ hosts: ["*"] }] } },
  };

  it("accepts sound resources and says how many it judged", async () => {
    const sound = { type: GATEWAY.type, name: "public", inputs: GATEWAY.props };
    const { code, stdout } = await startProgram("policy/check.js", [write("sound.json", [sound])]);
    assert.equal(code, 0);
    assert.match(stdout, /sound\.json, judged as prod: 1 resources, 0 violations, 0 advisories\n$/);
  });

  it("tells how it is used for --help, with success", async () => {
    const { code, stdout, stderr } = await check("--help");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(
      stdout,
      /^Usage: node policy\/check\.js \[--config FILE\] \[--format text\|json\S* FILE/,
    );
  });

  it("judges also when its source is started in place of the command", async () => {
    const { code, stdout } = await startProgram("policy/check.ts", [write("open.json", [open])]);
    assert.equal(code, 1);
    assert.match(stdout, /W01 Gateway/);
  });

  it("fails on a mandatory finding, and only advises when the configuration says dev", async () => {
    const file = write("dev.json", [open]);
    assert.equal((await check(file)).code, 1);
    const config = write("class.json", { "stack-class": { class: "dev" } });
    const dev = await check("--config", config, file);
    assert.equal(dev.code, 0);
    assert.match(dev.stdout, /advisory wildcard-hosts-istio\n {4}W01 Gateway/);
  });

  it("prints JSON with every finding", async () => {
    const { stdout } = await check("--format", "json", write("json.json", [open]));
    const { reports } = JSON.parse(stdout) as Json;
    assert.deepEqual(
      reports[0]?.findings.map(({ code, level, path }) => [code, level, path]),
      [["W01", "mandatory", "spec.servers[0].hosts[0]"]],
    );
  });

  const state = {
    version: 3,
    deployment: {
      resources: [
        {
          urn: "urn:pulumi:prod::shlink-platform::pulumi:pulumi:Stack::shlink-platform-prod",
          type: "pulumi:pulumi:Stack",
        },
        {
          urn: `urn:pulumi:prod::shlink-platform::${VAULT.type}::vault`,
          type: VAULT.type,
          protect: true,
          inputs: {
            ...VAULT.props,
            values: {
              "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
              ciphertext: "AAAA",
            },
          },
        },
        {
          urn: `urn:pulumi:prod::shlink-platform::${open.type}::old`,
          type: open.type,
          inputs: open.inputs,
          delete: true,
        },
        {
          urn: `urn:pulumi:prod::shlink-platform::${open.type}::read`,
          type: open.type,
          inputs: open.inputs,
          external: true,
        },
        {
          urn: `urn:pulumi:prod::shlink-platform::${open.type}::live`,
          type: open.type,
          inputs: open.inputs,
        },
      ],
    },
  };

  it("reads an exported state: its encrypted values, and only what is alive", () => {
    const registrations = readResources("state.json", JSON.stringify(state));
    assert.deepEqual(
      registrations.map(({ name }) => name),
      ["shlink-platform-prod", "vault", "live"],
    );
    const findings = judgeAll(pack.policies, registrations, inClass("prod"), TODAY);
    const required = findings.filter(({ code }) => ["W01", "V02", "W13"].includes(code));
    assert.deepEqual(required.map(({ code, verdict }) => [code, verdict]).sort(), [
      ["V02", "unknown"],
      ["W01", "violation"],
      ["W13", "unknown"],
    ]);
  });

  it("reads a rendering", () => {
    const rendering = { registrations: [{ ...open, props: {}, protect: true }] };
    const [gateway] = readResources("a.json", JSON.stringify(rendering));
    assert.equal(gateway?.opts?.protect, true);
    assert.deepEqual(gateway.props, open.inputs);
  });

  it("finds nothing in an empty stack", () => {
    for (const deployment of [{}, { resources: null }, { resources: [] }])
      assert.deepEqual(readResources("empty.json", JSON.stringify({ version: 3, deployment })), []);
  });

  const bad: [string, () => string[], RegExp][] = [
    ["a missing file", () => [join(folder, "none.json")], /none\.json: there is no such file\.\n$/],
    ["no JSON", () => [write("x.json", "{")], /x\.json: it is not valid JSON; give a list/],
    ["no resources", () => [write("y.json", {})], /y\.json: no resources found; expected a list/],
    [
      "a resource without type",
      () => [write("z.json", [{}])],
      /z\.json: resource 0 has no type\.\n$/,
    ],
    ["no file", () => [], /nothing to check: name a file/],
    [
      "an unknown format",
      () => ["--format", "csv", "a"],
      /--format must be one of text, json\.\n$/,
    ],
    ["an unknown option", () => ["--loud"], /Unknown option '--loud'\.\n$/],
    [
      "a bad configuration",
      () => ["--config", write("c.json", { nothing: "advisory" })],
      /c\.json: Policy config: "nothing" is not a policy/,
    ],
    [
      "a configuration that is no JSON",
      () => ["--config", write("d.json", "{")],
      /d\.json: it is not valid JSON\.\n$/,
    ],
  ];
  for (const [title, args, message] of bad) {
    it(`refuses ${title} with one sentence and exit code 2`, async () => {
      const { code, stdout, stderr } = await check(...args());
      assert.equal(code, 2);
      assert.equal(stdout, "");
      assert.match(stderr, /^policy check: [^\n]+\n$/);
      assert.match(stderr, message);
    });
  }

  it("checks a configuration alone", async () => {
    const fine = write("fine.json", { "host-access": "advisory" });
    assert.equal((await check("--config", fine)).code, 0);
  });

  it("applies a configuration", async () => {
    const inputs = { metadata: { name: "x", namespace: "y" }, spec: { hostPID: true } };
    const file = write("pod.json", [{ type: "kubernetes:core/v1:Pod", name: "x", inputs }]);
    const codes = async (config: object) => {
      const { stdout } = await check("--format", "json", "--config", write("e.json", config), file);
      const { reports } = JSON.parse(stdout) as Json;
      return reports[0]?.findings.filter(({ code }) => code === "K09").map(({ level }) => level);
    };
    assert.deepEqual(await codes({}), ["mandatory"]);
    assert.deepEqual(await codes({ "host-access": "advisory" }), ["advisory"]);
    assert.deepEqual(await codes({ "host-access": "disabled" }), []);
  });

  it("keeps its errors apart from errors of its own", () => {
    assert.throws(() => readResources("a", "7"), InputError);
  });
});

describe("the resources of both stacks", () => {
  for (const stack of ["prod", "dev"] as const) {
    it(`raise no violation in ${stack}`, function () {
      const file = new URL(`../golden/${stack}.json`, import.meta.url);
      if (!existsSync(file)) this.skip();
      const registrations = readResources(stack, readFileSync(file, "utf8"));
      assert.ok(registrations.length > 50);
      const findings = judgeAll(pack.policies, registrations, inClass(stack), TODAY);
      assert.deepEqual(
        findings.filter(({ level }) => level === "mandatory").map(({ message }) => message),
        [],
      );
    });
  }
});
