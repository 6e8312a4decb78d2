/** Runs cases against the pack, or against a copy of it with one predicate flipped. */

import type { PackConfig } from "../../../policy/engine/config.ts";
import type { StackClass } from "../../../policy/engine/levels.ts";
import type { resourceOf } from "../../../policy/engine/normalise.ts";
import type {
  Finding,
  judgeResource,
  judgeStack,
  Policy,
  RunOptions,
} from "../../../policy/engine/policy.ts";
import type { Case, Fixture, Suite } from "./suite.ts";

/** What a copy of the pack must offer to be tested. */
export interface Pack {
  policies: Policy[];
  resourceOf: typeof resourceOf;
  judgeResource: typeof judgeResource;
  judgeStack: typeof judgeStack;
}

export const TODAY = "2026-06-01";

/** A configuration that says nothing but the class of the stack. */
export const inClass = (stackClass: StackClass): PackConfig => ({
  stackClass,
  policies: new Map(),
});
const PROD: RunOptions = { stack: "prod", today: TODAY };

export function urnOf(stack: string, { type, name }: Fixture): string {
  return `urn:pulumi:${stack}::shlink-platform::${type}::${name}`;
}

export function policyOf(pack: Pack, name: string): Policy {
  const policy = pack.policies.find((one) => one.name === name);
  if (policy === undefined) throw new Error(`no policy ${name}`);
  return policy;
}

/** What policies say of the same fixtures, which are read once for all of them. */
export function judgeBy(pack: Pack, policies: Policy[], fixtures: Fixture[], options = PROD) {
  const resources = fixtures.map((fixture) =>
    pack.resourceOf({ ...fixture, urn: urnOf(options.stack, fixture) }),
  );
  return policies.flatMap((policy): Finding[] =>
    policy.checkStack !== undefined
      ? pack.judgeStack(policy, resources, options)
      : resources.flatMap((resource) => pack.judgeResource(policy, resource, options)),
  );
}

export const judge = (pack: Pack, policy: Policy, fixtures: Fixture[], options = PROD) =>
  judgeBy(pack, [policy], fixtures, options);

function sorted(values: string[]): string {
  return JSON.stringify([...values].sort(), null, 1);
}

function difference(what: string, actual: string[], expected: string[]): string[] {
  if (sorted(actual) === sorted(expected)) return [];
  return [`${what}: expected ${sorted(expected)} but got ${sorted(actual)}`];
}

function headlines(findings: Finding[]): string[] {
  return findings.filter((one) => one.verdict !== "unknown").map((one) => one.headline);
}

/** What is wrong with the outcome in prod: wrong findings, paths or levels. */
export function failuresInProd(pack: Pack, suite: Suite, one: Case): string[] {
  const policy = policyOf(pack, suite.policy);
  const findings = judge(pack, policy, one.resources);
  const levels = findings
    .filter((finding) => finding.verdict === "violation")
    .filter((finding) => finding.level !== policy.checks[finding.code]?.prod)
    .map((finding) => `${finding.headline} has level ${finding.level}`);
  const unknown = findings.filter((finding) => finding.verdict === "unknown");
  return [
    ...levels,
    ...difference("violations", headlines(findings), one.bad),
    ...difference(
      "not known",
      unknown.map((finding) => finding.path),
      one.unknown,
    ),
  ];
}

/** In dev the same is said, as advice, but for codes that are off there. */
export function failuresInDev(pack: Pack, suite: Suite, one: Case): string[] {
  const policy = policyOf(pack, suite.policy);
  const findings = judge(pack, policy, one.resources, { ...PROD, stack: "dev" });
  const said = one.bad.filter(
    (headline) => policy.checks[headline.split(" ")[0] ?? ""]?.dev !== "off",
  );
  return [
    ...difference("violations in dev", headlines(findings), said),
    ...difference(
      "mandatory in dev",
      findings.filter((f) => f.level === "mandatory").map((f) => f.headline),
      [],
    ),
  ];
}

/** An exemption turns a finding into advice, but never one of a locked policy. */
export function failuresWhenExempt(pack: Pack, suite: Suite, one: Case): string[] {
  const policy = policyOf(pack, suite.policy);
  const before = judge(pack, policy, one.resources);
  const reason = "agreed for the test";
  const exemptions = before.map(({ object }) => ({ object, reason, until: TODAY }));
  const after = judge(pack, policy, one.resources, { ...PROD, exemptions });
  if (policy.locked === true) return difference("locked", headlines(after), headlines(before));
  const expected = before
    .filter((finding) => finding.verdict === "violation")
    .map((finding) => `advisory ${finding.headline} Exempt until ${TODAY}: ${reason}`);
  const actual = after
    .filter((finding) => finding.verdict === "exempt")
    .map((finding) => `${finding.level} ${finding.headline}`);
  return difference("exempt", actual, expected);
}
