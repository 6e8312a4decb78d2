/** Counts what the policy tests did, for the line at the end of the run. */

import { suites } from "./suites.ts";

export const numbers = {
  generated: 0,
  fuzzed: 0,
  mutants: { required: { killed: 0, all: 0 }, rest: { killed: 0, all: 0 } },
};

const share = ({ killed, all }: { killed: number; all: number }) =>
  all === 0 ? "not run" : `${killed}/${all} (${((100 * killed) / all).toFixed(1)} %)`;

export function summary(policies: number): string {
  // Each case runs in prod, in dev and with an exemption.
  const cases = 3 * suites.reduce((sum, suite) => sum + suite.cases.length, 0);
  const { required, rest } = numbers.mutants;
  return (
    `policies: ${policies}; cases: ${cases}; generated cases: ${numbers.generated}; ` +
    `fuzzed judgements: ${numbers.fuzzed}; mutants caught: required ${share(required)}, rest ${share(rest)}`
  );
}
