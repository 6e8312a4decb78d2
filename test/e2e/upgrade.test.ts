import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { stopCluster } from "../../local/cluster/index.ts";
import { prepare } from "../../local/stack/prepare.ts";
import { bringOlder } from "../../local/supply/older.ts";
import { wellAgain } from "./doctor.ts";
import { entry, Variant } from "./outside/variant.ts";
import { figure, local } from "./platform.ts";
import { underRedirects } from "./redirects.ts";
import { plannedWith } from "./upgrade/preview.ts";
import { Standing } from "./upgrade/standing.ts";
import { chosenSteps, type Step, steps } from "./upgrade/steps.ts";

const load = { entry, perSecond: 10, atMost: 540 };
const stack = new Variant("upgrade");
const standing = new Standing(entry);
const walked = chosenSteps();
const done = new Set<Step>(steps.filter((step) => !walked.includes(step)));

/** Writes the stack file as it is after the steps that are done. */
const write = () =>
  stack.write((settings) => {
    for (const step of steps)
      for (const [path, value] of Object.entries(done.has(step) ? step.after : step.before))
        setAt(settings, path.split("."), value);
    return settings;
  });

function setAt(object: Record<string, unknown>, [key = "", ...rest]: string[], value: unknown) {
  if (rest.length === 0) object[key] = value;
  else setAt((object[key] ??= {}) as Record<string, unknown>, rest, value);
}

describe("A stack that is upgraded, one thing at a time", () => {
  before(async () => {
    const report = (line: string) => console.log(`      ${line}`);
    await local("clean");
    await prepare(report);
    await bringOlder(report);
    await write();
    await stack.up();
    await standing.make();
  });
  after(() => stopCluster());

  for (const step of walked)
    it(`goes from ${step.name} ${step.change} with its links, its visits and what holds them`, async () => {
      const { failures } = await underRedirects(load, async () => {
        await step.prepare?.();
        done.add(step);
        await write();
        await stack.up();
        await step.finish?.();
        await step.proof();
      });
      figure(`Seconds without answers of ${step.name}`, failures.length / load.perSecond);
      await standing.holds(step.replaces);
      assert.deepEqual(failures, []);
    });

  it("has nothing left to do, and a doctor who finds nothing", async () => {
    await stack.changesNothing();
    await wellAgain(stack.file, 120);
  });

  it("plans no change but the provider's own with the newest Kubernetes package", async () => {
    assert.deepEqual(await plannedWith("4.34.2", stack.file), [
      "update pulumi:providers:kubernetes",
    ]);
  });
});
