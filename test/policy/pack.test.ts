import { after, before, describe, it } from "mocha";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { badFile } from "../../policy/engine/files.ts";
import { policies } from "../../policy/rules.ts";
import { Engine, LEVEL, packFolder, type Analyzed } from "../../bench/engine.ts";
import { asNode } from "./support/old-node.ts";
import { TODAY } from "./support/run.ts";
import { UNKNOWN, type Fixture } from "./support/suite.ts";
import { release } from "./support/fixtures/releases.ts";
import { GATEWAY } from "./support/fixtures/routes.ts";
import { DEPLOYMENT } from "./support/fixtures/workloads.ts";

const host = fileURLToPath(
  new URL("../../node_modules/@pulumi/pulumi/cmd/run-policy-pack", import.meta.url),
);

function as(stack: string, { type, name, props }: Fixture): Analyzed {
  return { type, name, props, urn: `urn:pulumi:${stack}::shlink-platform::${type}::${name}` };
}

const open: Fixture = {
  ...GATEWAY,
  props: { metadata: { name: "public", namespace: "x" }, spec: { servers: [{ hosts: ["*"] }] } },
};
const mandatory = (list: { enforcementlevel: number }[]) =>
  list.filter((one) => one.enforcementlevel === LEVEL.mandatory).length;

describe("the policy pack in the engine", () => {
  let engine: Engine;
  before(async () => {
    engine = await Engine.start(`${packFolder}pack`, ["127.0.0.1:1"]);
  });
  after(async () => {
    await engine.stop();
  });
  const none = () => engine.configure({});

  it("offers every policy with its metadata", async () => {
    const info = await engine.info();
    const list = info["policiesList"] as {
      name: string;
      enforcementlevel: number;
      remediationSteps: string;
      url: string;
      severity: number;
      framework: { specification: string };
    }[];
    assert.deepEqual(
      list.map(({ name }) => name),
      [...policies.map(({ name }) => name), "stack-class"],
    );
    for (const one of list.slice(0, -1)) {
      assert.equal(one.enforcementlevel, LEVEL.mandatory);
      assert.ok(
        one.remediationSteps.length > 0 &&
          one.severity > 0 &&
          one.framework.specification.length > 0,
      );
      assert.equal(one.url, `docs/policies.md#${one.name}`);
    }
  });

  const wildcards = async (stack: string) =>
    (await engine.analyze(as(stack, open))).filter(
      (one) => one.policyname === "wildcard-hosts-istio",
    );
  const inClass = (name: string) =>
    engine.configure({ "stack-class": { level: LEVEL.mandatory, properties: { class: name } } });

  it("refuses a wildcard host in prod and advises in dev", async () => {
    await inClass("prod");
    const [prod] = await wildcards("prod");
    await inClass("dev");
    const [dev] = await wildcards("dev");
    assert.deepEqual(
      [prod?.enforcementlevel, dev?.enforcementlevel],
      [LEVEL.mandatory, LEVEL.advisory],
    );
    assert.equal(prod?.message, dev?.message);
    assert.match(prod?.message ?? "", /^W01 Gateway "x\/public", spec\.servers\[0\]\.hosts\[0\]: /);
  });

  it("judges a stack as prod that no configuration calls dev, whatever its name", async () => {
    await inClass("dev");
    await none();
    for (const stack of ["dev", "acceptance-test", "local-government", "customer-sandbox"]) {
      const found = await wildcards(stack);
      assert.deepEqual(
        found.map((one) => one.enforcementlevel),
        [LEVEL.mandatory],
      );
    }
  });

  it("sees what stands beside an unknown, which the SDK's own proxy would not", async () => {
    await none();
    const fixture = {
      ...open,
      props: { ...open.props, spec: { servers: [{ hosts: [UNKNOWN, "*"] }] } },
    };
    const found = (await engine.analyze(as("prod", fixture))).filter(
      (one) => one.policyname === "wildcard-hosts-istio",
    );
    assert.deepEqual(
      found.map((one) => one.enforcementlevel),
      [LEVEL.advisory, LEVEL.mandatory],
    );
  });

  it("accepts a sound workload in prod", async () => {
    await none();
    assert.deepEqual(await engine.analyze(as("prod", DEPLOYMENT)), []);
  });

  it("judges the whole stack at its end", async () => {
    await none();
    const found = await engine.analyzeStack([as("prod", DEPLOYMENT)]);
    assert.deepEqual(found.map(({ policyname }) => policyname).sort(), [
      "disruption-budgets",
      "network-policies",
    ]);
  });

  const exposed: Fixture = {
    type: "kubernetes:core/v1:Pod",
    name: "p",
    props: { metadata: { name: "p", namespace: "x" }, spec: { hostPID: true } },
  };
  const hostAccess = async () =>
    (await engine.analyze(as("prod", exposed))).filter((one) => one.policyname === "host-access");

  it("lowers and switches off what is not locked", async () => {
    await none();
    assert.equal(mandatory(await hostAccess()), 1);
    await engine.configure({ "host-access": { level: LEVEL.advisory } });
    assert.deepEqual(
      (await hostAccess()).map((one) => one.enforcementlevel),
      [LEVEL.advisory],
    );
    await engine.configure({ "host-access": { level: LEVEL.disabled } });
    assert.deepEqual(await hostAccess(), []);
  });

  it("lets an exempt object pass, visibly", async () => {
    const exempt = [{ object: "Pod/x/p", reason: "debugging of the node", until: "2999-12-31" }];
    await engine.configure({ "host-access": { level: LEVEL.mandatory, properties: { exempt } } });
    const found = await hostAccess();
    assert.deepEqual(
      found.map((one) => one.enforcementlevel),
      [LEVEL.advisory],
    );
    assert.match(found[0]?.message ?? "", /Exempt until 2999-12-31: debugging of the node$/);
  });

  const refused: [string, Parameters<Engine["configure"]>[0], RegExp][] = [
    [
      "a lowered locked policy",
      { "vault-server-tls": { level: LEVEL.advisory } },
      /"vault-server-tls" is locked and cannot be lowered to advisory/,
    ],
    [
      "a disabled locked policy",
      { "vault-server-tls": { level: LEVEL.disabled } },
      /"vault-server-tls" is locked and cannot be lowered to disabled/,
    ],
    [
      "a class that there is not",
      { "stack-class": { level: LEVEL.mandatory, properties: { class: "test" } } },
      /"stack-class" must be \{ "class": "prod" \} or \{ "class": "dev" \}/,
    ],
    [
      "a class that is only advice",
      { "stack-class": { level: LEVEL.advisory, properties: { class: "dev" } } },
      /"stack-class" must be \{ "class": "prod" \} or \{ "class": "dev" \}/,
    ],
    [
      "an expired exemption",
      {
        "host-access": {
          level: LEVEL.mandatory,
          properties: {
            exempt: [{ object: "Pod/x/p", reason: "debugging of the node", until: "2020-01-01" }],
          },
        },
      },
      /the exemption of Pod\/x\/p from "host-access" expired on 2020-01-01/,
    ],
  ];
  for (const [title, config, message] of refused) {
    it(`refuses ${title} before anything is judged`, async () => {
      await assert.rejects(engine.configure(config), message);
    });
  }

  it("says nothing on stdout but its port", () => {
    assert.match(engine.stdout(), /^\d+\n$/);
  });
});

describe("the policy pack as a folder", () => {
  it("starts by the official host's way too", async () => {
    const engine = await Engine.start(process.execPath, [host, "127.0.0.1:1", "."]);
    try {
      const found = await engine.analyze(as("prod", release("vault", {})));
      assert.ok(mandatory(found) >= 2);
      assert.match(engine.stdout(), /^\d+\n$/);
    } finally {
      await engine.stop();
    }
  });
});

describe("the policy pack with a bad file in its config folder", () => {
  const folder = fileURLToPath(new URL("../../.local/bad-policy-pack/", import.meta.url));
  before(() => {
    mkdirSync(folder, { recursive: true });
    cpSync(packFolder, folder, { recursive: true });
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const files: [string, string, string][] = [
    [
      "an unknown policy",
      '{"vault-server-tsl":"mandatory"}',
      'Policy config: "vault-server-tsl" is not a policy of this pack (did you mean "vault-server-tls"?); docs/policies.md lists them.',
    ],
    [
      "nothing like a policy",
      '{"x":"mandatory"}',
      'Policy config: "x" is not a policy of this pack; docs/policies.md lists them.',
    ],
    ["no JSON", "{", "it is not valid JSON."],
  ];
  for (const [title, text, message] of files) {
    it(`does not start: ${title}`, () => {
      writeFileSync(`${folder}config/prod.json`, text);
      const bad = badFile(policies, new URL("config/", pathToFileURL(folder)), TODAY);
      assert.equal(bad, `${folder}config/prod.json: ${message}`);
    });
  }

  const env = { ...process.env, NODE: process.execPath };
  for (const [program, command, ...args] of [
    ["index.js", process.execPath, "index.js"],
    ["its script", "./pack"],
  ] as const)
    it(`says so and ends, started by ${program}`, () => {
      writeFileSync(`${folder}config/prod.json`, "{");
      const ended = spawnSync(command, [...args], { cwd: folder, env, encoding: "utf8" });
      const said = [ended.status, ended.stdout, ended.stderr];
      assert.deepEqual(said, [1, "", `${folder}config/prod.json: it is not valid JSON.\n`]);
    });
});

describe("the policy pack where it cannot start", () => {
  const start = (args: string[], cwd: string) =>
    spawnSync(process.execPath, [...args, "index.js"], { cwd, encoding: "utf8" });

  it("says in one sentence that Node is too old for it", () => {
    for (const [old, expected] of [
      ["20.20.2", 1],
      ["22.17.1", 1],
      ["22.18.0", 0],
    ] as const) {
      const { status, stderr } = asNode(
        old,
        packFolder,
        "check.js",
        "--config",
        "config/prod.json",
      );
      const reason = `policy pack: it needs Node 22.18 or newer, and this is ${old}.\n`;
      assert.deepEqual([status, stderr], [expected, expected === 0 ? "" : reason]);
    }
  });

  it("says in one sentence that its packages are missing", () => {
    const folder = mkdtempSync(join(tmpdir(), "policy-pack-"));
    cpSync(packFolder, folder, { recursive: true });
    const { status, stderr } = start([], folder);
    rmSync(folder, { recursive: true });
    const reason = "its packages are missing; run npm install in its folder.";
    assert.deepEqual([status, stderr], [1, `policy pack: ${reason}\n`]);
  });
});
