import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, it } from "mocha";
import packages from "../../package.json" with { type: "json" };
import { chartNames, charts } from "../../platform/charts.ts";
import { steps } from "../e2e/upgrade/steps.ts";
import { type Change, synth, type Synthesis } from "../support/synth.ts";

const page = readFileSync(new URL("../../docs/upgrades.md", import.meta.url), "utf8");
/** The first two cells of each row of the tables below a heading. */
const rows = [...page.matchAll(/^\| `?([\w@/-]+)`? +\| (\S+) +\|/gm)].map(
  ([, name = "", version = ""]) => [name, version] as const,
);

describe("The page on upgrades", () => {
  it("has the version of each chart, and of each package that it names", () => {
    const told = rows.filter(([name]) => name in charts);
    assert.deepEqual(
      Object.fromEntries(told),
      Object.fromEntries(chartNames.map((name) => [name, charts[name].version])),
    );
    const named = rows.filter(([name]) => name.startsWith("@"));
    const { dependencies } = packages as { dependencies: Record<string, string> };
    assert.deepEqual(
      named.map(([name, version]) => [name, version]),
      named.map(([name]) => [name, dependencies[name]]),
    );
    assert.ok(named.length >= 3);
  });
});

describe("The table of what is walked", () => {
  it("has each step of the live test in its order, with both versions", () => {
    const walked = page.slice(page.indexOf("## What is walked"));
    const cells = [...walked.matchAll(/^\| (\w+) +\| (\S+ to \S+) +\|/gm)];
    assert.deepEqual(
      cells.map(([, name, change]) => [name, change]),
      steps.map(({ name, change }) => [name, change]),
    );
  });
});

describe("A step of an upgrade", () => {
  let prod: Synthesis;
  before(async () => {
    prod = await synth("prod");
  });

  /** What changes, comes or goes with the settings, by type and name. */
  async function changedBy(change: Change): Promise<string[]> {
    const inputsOf = ({ registrations }: Synthesis) =>
      new Map(registrations.map(({ type, name, inputs }) => [`${type}::${name}`, inputs]));
    const [old, fresh] = [inputsOf(prod), inputsOf(await synth("prod", change))];
    return [...new Set([...old.keys(), ...fresh.keys()])]
      .filter((key) => JSON.stringify(old.get(key)) !== JSON.stringify(fresh.get(key)))
      .sort();
  }
  const release = (name: string) => `kubernetes:helm.sh/v3:Release::${name}`;

  for (const chart of [
    "istioBase",
    "istioCni",
    "istiod",
    "istioGateway",
    "vault",
    "externalSecrets",
    "pgo",
    "redisOperator",
  ] as const)
    it(`changes the release of ${chart} alone`, async () => {
      const versions = { [chart]: "99.0.0" };
      assert.deepEqual(await changedBy({ charts: { versions } }), [release(charts[chart].release)]);
    });

  it("to Shlink 5.1 changes the migration and the servers, and nothing that holds data", async () => {
    assert.deepEqual(await changedBy({ shlink: { version: "5.1" } }), [
      "kubernetes:apps/v1:Deployment::shlink",
      "kubernetes:batch/v1:Job::shlink-migration",
    ]);
  });
});
