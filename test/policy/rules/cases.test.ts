import { after, describe, it } from "mocha";
import assert from "node:assert/strict";
import { summary } from "../support/numbers.ts";
import { pack } from "../support/pack.ts";
import { failuresInDev, failuresInProd, failuresWhenExempt, policyOf } from "../support/run.ts";
import { UNKNOWN } from "../support/suite.ts";
import { suites } from "../support/suites.ts";

describe("policies", () => {
  for (const suite of suites) {
    describe(suite.policy, () => {
      for (const one of suite.cases) {
        const verdict =
          one.bad.length > 0 ? "refuses" : one.unknown.length > 0 ? "waits for" : "accepts";
        it(`${verdict} ${one.title} in prod, and only advises in dev`, () => {
          assert.deepEqual(failuresInProd(pack, suite, one), []);
          assert.deepEqual(failuresInDev(pack, suite, one), []);
        });
      }

      it("lets exempt objects pass, unless it is locked", () => {
        const failures = suite.cases.flatMap((one) => failuresWhenExempt(pack, suite, one));
        assert.deepEqual(failures, []);
      });

      it("has at least two good, two bad and one unknown case", () => {
        const bad = suite.cases.filter((one) => one.bad.length > 0).length;
        const unknown = suite.cases.filter(
          ({ bad: refused, resources }) =>
            refused.length === 0 && JSON.stringify(resources).includes(UNKNOWN),
        ).length;
        assert.ok(bad >= 2, `${bad} bad cases`);
        assert.ok(suite.cases.length - bad - unknown >= 2, "too few good cases");
        const enforced = Object.values(policyOf(pack, suite.policy).checks).some(
          (code) => code.prod === "mandatory",
        );
        assert.ok(unknown >= 1 || !enforced, "no unknown case");
      });
    });
  }
});

// A hook outside every suite runs at the end of all.
after(() => {
  console.log(`\n  ${summary(pack.policies.length)}\n`);
});
