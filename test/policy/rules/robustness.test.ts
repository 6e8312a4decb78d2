import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { judgeAll } from "../../../policy/cli/judge.ts";
import type { Finding } from "../../../policy/engine/policy.ts";
import { numbers } from "../support/numbers.ts";
import { pack } from "../support/pack.ts";
import { inClass, judge, judgeBy, policyOf, TODAY, urnOf } from "../support/run.ts";
import { UNKNOWN, type Fixture } from "../support/suite.ts";
import { suites } from "../support/suites.ts";

/** Always the same sequence, so that a failure comes again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const cases = suites.flatMap((suite) => suite.cases.map((one) => ({ suite, one })));
const junk: unknown[] = [
  null,
  0,
  -1,
  1e300,
  true,
  false,
  "",
  "*",
  "x",
  "{",
  "[",
  "{{",
  UNKNOWN,
  [],
  {},
  [null],
  [[]],
  [{}],
  { a: null },
  { items: 7 },
  [UNKNOWN],
  "apiVersion: v1\nkind: List\nitems: 7",
  "apiVersion: [\nkind: x",
  'listener "tcp" {',
  { __proto__: null, constructor: 7 },
  { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" },
  { "4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4", value: [7] },
];

/** Replaces one random place of a tree. */
function broken(value: unknown, next: () => number): unknown {
  const isList = Array.isArray(value);
  if (typeof value !== "object" || value === null || next() < 0.15)
    return junk[Math.floor(next() * junk.length)];
  const entries = Object.entries(value);
  const [key] = entries[Math.floor(next() * entries.length)] ?? [];
  if (key === undefined) return junk[Math.floor(next() * junk.length)];
  const copy = isList ? [...(value as unknown[])] : { ...value };
  (copy as Record<string, unknown>)[key] = broken((value as Record<string, unknown>)[key], next);
  return copy;
}

function errors(findings: Finding[]): string[] {
  return findings.filter(({ verdict }) => verdict === "error").map(({ message }) => message);
}

function everyPolicy(fixtures: Fixture[]): Finding[] {
  numbers.fuzzed += pack.policies.length;
  return judgeBy(pack, pack.policies, fixtures);
}

describe("robustness", function () {
  this.timeout(120_000);

  it("never throws, whatever a resource holds", () => {
    const next = random(42);
    const fixtures = cases.flatMap(({ one }) => one.resources);
    for (const fixture of fixtures) {
      for (let round = 0; round < 2; round += 1) {
        const props = broken(fixture.props, next) as Fixture["props"];
        assert.deepEqual(errors(everyPolicy([{ ...fixture, props }])), [], JSON.stringify(props));
      }
    }
  });

  it("never throws on inputs that are no map at all", () => {
    const types = new Set(cases.flatMap(({ one }) => one.resources.map(({ type }) => type)));
    for (const type of types) {
      for (const props of junk)
        assert.deepEqual(errors(everyPolicy([{ type, name: "x", props: props as never }])), []);
    }
    assert.deepEqual(errors(everyPolicy([{ type: "", name: "", props: {} }])), []);
  });

  it("reads a text of ten megabytes in a moment", () => {
    const long = "tls_disable = [".repeat(700_000);
    const started = performance.now();
    for (const type of [
      "core/v1:ConfigMap",
      "core/v1:Secret",
      "helm.sh/v3:Release",
      "yaml:ConfigGroup",
    ]) {
      const props = {
        chart: "vault",
        values: { a: long },
        data: { "a.hcl": `listener ${long}`, yaml: `kind: a\napiVersion: ${long}` },
        yaml: long,
      };
      assert.deepEqual(errors(everyPolicy([{ type: `kubernetes:${type}`, name: "x", props }])), []);
    }
    assert.ok(performance.now() - started < 5000, `${performance.now() - started} ms`);
  });

  it("survives a tree that is nested a thousand deep", () => {
    let deep: unknown = "*";
    for (let level = 0; level < 1000; level += 1) deep = level % 2 === 0 ? [deep] : { hosts: deep };
    const text = `listener ${"{ a = ".repeat(5000)}`;
    const fixtures = ["core/v1:ConfigMap", "helm.sh/v3:Release"].map((type) => ({
      type: `kubernetes:${type}`,
      name: "x",
      props: {
        values: { hosts: deep, server: { standalone: { config: deep } } },
        data: { "a.hcl": text },
        spec: deep,
      },
    }));
    assert.deepEqual(errors(everyPolicy(fixtures)), []);
  });

  it("turns an error inside a policy into a violation in prod and advice in dev", () => {
    const failing = {
      ...policyOf(pack, "host-access"),
      checkResource: () => {
        throw new TypeError("a value with a secret in it");
      },
    };
    const fixture = { type: "kubernetes:core/v1:Pod", name: "x", props: {} };
    const [inProd] = judge(pack, failing, [fixture]);
    const [inDev] = judge(pack, failing, [fixture], { stack: "dev", today: TODAY });
    assert.equal(inProd?.level, "mandatory");
    assert.equal(inDev?.level, "advisory");
    assert.equal(
      inProd?.headline,
      'X00 kubernetes:core/v1:Pod "x": the policy host-access failed with an internal TypeError.',
    );
    assert.ok(!inProd?.message.includes("secret in it"));
  });

  it("never repeats a value in a message", () => {
    const dresses = [
      (value: string) => `${value}CANARY`,
      (value: string) => `CANARY${value}`,
      (value: string) => `CANARY\n${value}\nCANARY`,
      () => "hvs.CANARYCANARYCANARYCANARYCANARY",
    ];
    const always = pack.policies.filter(
      ({ name, locked }) => locked === true || name === "plaintext-credentials",
    );
    for (const { suite, one } of cases) {
      const own = new Set([policyOf(pack, suite.policy), ...always]);
      for (const dress of dresses) {
        const resources = one.resources.map((fixture) => ({
          ...fixture,
          props: dressed(fixture.props, dress) as Fixture["props"],
        }));
        for (const { message } of judgeBy(pack, [...own], resources))
          assert.ok(!message.includes("CANARY"), message);
      }
    }
  });

  it("says what is wrong, why, and how to mend it, in that order", () => {
    for (const { suite, one } of cases) {
      const policy = policyOf(pack, suite.policy);
      for (const finding of judge(pack, policy, one.resources)) {
        if (finding.verdict !== "violation") continue;
        const code = policy.checks[finding.code];
        assert.equal(finding.message, `${finding.headline} ${code?.why} Fix: ${code?.fix}`);
      }
    }
  });

  it("says the same in whatever order the resources come", () => {
    const registrations = cases
      .flatMap(({ one }) => one.resources)
      .map((fixture) => ({ ...fixture, urn: urnOf("prod", fixture) }));
    const some = registrations.filter((_, index) => index % 5 === 0);
    const next = random(7);
    const expected = judgeAll(pack.policies, some, inClass("prod"), TODAY);
    assert.ok(expected.length > 100);
    const shuffled = some
      .map((one) => ({ one, at: next() }))
      .sort((a, b) => a.at - b.at)
      .map(({ one }) => one);
    const key = ({ code, message, urn }: Finding) => `${code} ${message} ${urn}`;
    const actual = judgeAll(pack.policies, shuffled, inClass("prod"), TODAY);
    assert.deepEqual(actual.map(key).sort(), expected.map(key).sort());
  });
});

/** Leaves what an object is called and what it is; anything else may be a secret. A values file's text holds keys. */
const IDENTITY = new Set(["name", "namespace", "kind", "apiVersion", "chart", "text"]);

function dressed(value: unknown, dress: (value: string) => string, key = ""): unknown {
  if (typeof value === "string")
    return IDENTITY.has(key) || value === UNKNOWN ? value : dress(value);
  if (Array.isArray(value)) return value.map((item) => dressed(item, dress, key));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, dressed(inner, dress, name)]),
  );
}
