import { after, before, describe, it } from "mocha";
import assert from "node:assert/strict";
import { installSwitch, removeCopy, writeCopy, type Mutant } from "../support/mutants.ts";
import { numbers } from "../support/numbers.ts";
import { trials, type Trial, type WholePack } from "../support/trials.ts";
import { policies } from "../../../policy/rules.ts";

/** What the required policies consist of. */
const locked = policies
  .filter((policy) => policy.locked === true)
  .map(({ name }) => `rules/${name}.ts`);
const required = new Set([
  ...locked,
  ...["hcl", "vault-config", "vault-dev-mode", "vault-plain", "vault-texts", "hosts", "levels"].map(
    (name) => `engine/${name}.ts`,
  ),
  "engine/foreign-releases.ts",
]);
/** Tested by their own tests, which need no copy. */
const elsewhere = new Set(
  ["config", "exemptions", "files", "guard", "sdk"].map((name) => `engine/${name}.ts`),
);

async function load(folder: URL): Promise<WholePack> {
  const from = async (file: string) => (await import(new URL(file, folder).href)) as object;
  const modules = [
    "rules.ts",
    ...["normalise", "policy", "hosts", "hcl", "vault-config", "levels"].map(
      (name) => `engine/${name}.ts`,
    ),
  ];
  return Object.assign({}, ...(await Promise.all(modules.map(from)))) as WholePack;
}

function passes(trial: Trial, pack: WholePack): boolean {
  try {
    return trial(pack);
  } catch {
    return false;
  }
}

describe("flipping any predicate of the pack", () => {
  let mutants: Mutant[] = [];
  let pack: WholePack;
  const flip = installSwitch();
  const survivors: Mutant[] = [];

  before(async function () {
    this.timeout(120_000);
    const copy = writeCopy();
    mutants = copy.mutants.filter(({ file }) => !elsewhere.has(file));
    pack = await load(copy.folder);
    const reached = trials.map((trial) => {
      flip.seen = new Set();
      flip.calls = 0;
      assert.ok(passes(trial, pack), "the copy differs from the pack");
      return { trial, seen: flip.seen, calls: flip.calls };
    });
    // Most mutants get past none that reaches them, so the short ones are first.
    reached.sort((a, b) => a.calls - b.calls);
    for (const mutant of mutants) {
      flip.active = mutant.id;
      const killed = reached.some(({ trial, seen }) => {
        flip.calls = 0;
        return seen.has(mutant.id) && !passes(trial, pack);
      });
      if (!killed) survivors.push(mutant);
      const count = numbers.mutants[required.has(mutant.file) ? "required" : "rest"];
      count.all += 1;
      count.killed += killed ? 1 : 0;
    }
    flip.active = -1;
  });
  after(removeCopy);

  const named = ({ file, line, text }: Mutant) => `${file}:${line} ${text}`;

  it("is noticed in everything that the required policies consist of", () => {
    assert.ok(mutants.length > 300);
    assert.deepEqual(survivors.filter(({ file }) => required.has(file)).map(named), []);
  });

  it("is noticed nearly everywhere else", () => {
    const rest = survivors.filter(({ file }) => !required.has(file)).map(named);
    const { all } = numbers.mutants.rest;
    assert.ok(rest.length <= all * 0.03, `${rest.length} of ${all} unnoticed:\n${rest.join("\n")}`);
  });
});
