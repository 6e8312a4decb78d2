import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { policies } from "../../../policy/rules.ts";
import { suites } from "../support/suites.ts";

const root = new URL("../../../", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, root), "utf8");

describe("the catalogue of policies", () => {
  it("gives every policy a name of its own, that of its file", () => {
    const files = readdirSync(new URL("policy/rules", root)).map((file) =>
      file.replace(/\.ts$/, ""),
    );
    const names = policies.map(({ name }) => name);
    assert.deepEqual([...names].sort(), files.sort());
    assert.equal(new Set(names).size, names.length);
    assert.ok(!names.includes("all"));
  });

  it("has the cases of every policy in a file of the policy's name, and no others there", () => {
    const files = readdirSync(new URL("test/policy/rules", root)).filter(
      (file) => !file.endsWith(".test.ts"),
    );
    assert.deepEqual(files.sort(), policies.map(({ name }) => `${name}.cases.ts`).sort());
    assert.deepEqual(
      suites.map(({ policy }) => policy),
      policies.map(({ name }) => name).sort(),
    );
  });

  it("locks the two required families and nothing else", () => {
    const locked = policies.filter((policy) => policy.locked === true).map(({ name }) => name);
    assert.deepEqual(locked, [
      "wildcard-hosts-istio",
      "wildcard-hosts-kubernetes",
      "wildcard-hosts-values",
      "vault-server-tls",
      "vault-config-tls",
      "vault-client-tls",
      "hidden-changes",
    ]);
    for (const policy of policies.filter((one) => one.locked === true)) {
      for (const code of Object.values(policy.checks))
        assert.deepEqual([code.prod, code.dev], ["mandatory", "advisory"]);
      assert.equal(
        policy.checkStack,
        undefined,
        "only a resource policy stops a resource from being made",
      );
    }
  });

  it("tests every code of every policy", () => {
    const needing = policies.flatMap(({ name, checks }) => {
      const bad = suites
        .filter(({ policy }) => policy === name)
        .flatMap(({ cases }) => cases.flatMap((one) => one.bad));
      return Object.keys(checks).filter(
        (code) => !bad.some((headline) => headline.startsWith(`${code} `)),
      );
    });
    // A code with a setting needs the setting: container-images.test has it.
    assert.deepEqual(needing, ["K03a"]);
  });

  it("says all of a policy that there is to say", () => {
    for (const {
      title,
      description,
      tags,
      checks,
      checkResource,
      checkStack,
      settings = {},
    } of policies) {
      assert.match(title, /^[A-Z].*[^.]$/);
      assert.match(description, /^[A-Z].*\.$/);
      assert.ok(tags.length > 0);
      assert.notEqual(checkResource === undefined, checkStack === undefined);
      for (const [id, { what, why, fix }] of Object.entries(checks)) {
        assert.match(id, /^[A-Z]\d{2}[a-z]?$/);
        assert.match(what, /^[a-zA-Z].*[^.]$/);
        assert.match(why, /^[A-Z].*\.$/);
        assert.match(fix, /^[A-Z].*\.$/);
      }
      for (const setting of Object.values(settings)) assert.match(setting.description, /\.$/);
    }
  });

  it("imports no provider and makes the pack in one place only", () => {
    const files = execFileSync("find", ["policy", "-name", "*.ts"], { cwd: root, encoding: "utf8" })
      .trim()
      .split("\n");
    for (const file of files) {
      const text = read(file);
      assert.doesNotMatch(
        text,
        /from "@pulumi\/(kubernetes|vault|random|postgresql|pulumi")/,
        file,
      );
      assert.doesNotMatch(text, /from "\.\.\/(\.\.\/)?components/, file);
      assert.equal(/new PolicyPack\(/.test(text), file === "policy/pack.ts", file);
      assert.doesNotMatch(text, /console\.log/, file);
    }
  });
});
