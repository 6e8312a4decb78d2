import { describe, it } from "mocha";
import assert from "node:assert/strict";
import type { StackClass } from "../../../policy/engine/levels.ts";
import type { Finding } from "../../../policy/engine/policy.ts";
import { pack } from "../support/pack.ts";
import { TODAY, urnOf } from "../support/run.ts";
import { UNKNOWN, type Fixture } from "../support/suite.ts";
import { accepted, caught, gateway } from "../support/adversarial.ts";

function findings(fixture: Fixture, stack: StackClass): Finding[] {
  const resource = pack.resourceOf({ ...fixture, urn: urnOf(stack, fixture) });
  return pack.policies
    .filter(({ locked }) => locked === true)
    .flatMap((policy) => pack.judgeResource(policy, resource, { stack, today: TODAY }));
}

function refused(fixture: Fixture, stack: StackClass = "prod"): string[] {
  return findings(fixture, stack)
    .filter(({ level }) => level === "mandatory")
    .map(({ code }) => code);
}

describe("the adversarial list", () => {
  for (const [title, fixture, code] of caught) {
    it(`is caught: ${title}`, () => {
      assert.ok(refused(fixture).includes(code), refused(fixture).join(", "));
    });
  }

  for (const [title, fixture, stack] of accepted) {
    it(`is no false alarm: ${title}`, () => {
      assert.deepEqual(refused(fixture, stack), []);
    });
  }

  it("waits for an output at preview and catches it at the update", () => {
    const preview = findings(gateway([UNKNOWN]), "prod");
    assert.deepEqual(
      preview.map(({ verdict, level }) => [verdict, level]),
      [["unknown", "advisory"]],
    );
    assert.deepEqual(refused(gateway(["*"])), ["W01"]);
  });
});
