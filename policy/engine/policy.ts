/** What a policy is, and how it is run over resources. No policy can break a run. */

import { exemptionFor } from "./exemptions.ts";
import { levelOf } from "./levels.ts";
import type { Cursor } from "./cursor.ts";
import type { Resource } from "./normalise.ts";
import type { Exemption } from "./exemptions.ts";
import type { Level, StackClass } from "./levels.ts";

/** One thing that can be wrong. */
export interface Check {
  /** What is wrong, for the middle of a sentence: "the host matches every name". */
  what: string;
  /** Why it matters, as one sentence. */
  why: string;
  /** How to mend it, as one sentence in terms of this program. */
  fix: string;
  prod: Level;
  dev: Level;
}

export type Setting = {
  type: "array" | "number" | "boolean";
  description: string;
  default: string[] | number | boolean;
};

export interface Policy {
  name: string;
  title: string;
  description: string;
  severity: "low" | "medium" | "high" | "critical";
  /** Whether the policy is mandatory in prod whatever a configuration says. */
  locked?: boolean;
  tags: string[];
  /** What the policy cannot see, as one sentence. */
  limits?: string;
  checks: Record<string, Check>;
  settings?: Record<string, Setting>;
  checkResource?: (resource: Resource, judge: Judge) => void;
  checkStack?: (resources: Resource[], judge: Judge) => void;
}

export interface Finding {
  policy: string;
  code: string;
  level: "mandatory" | "advisory";
  verdict: "violation" | "unknown" | "exempt" | "error";
  /** The object as Kind/namespace/name, as an exemption names it. */
  object: string;
  path: string;
  urn: string;
  /** What is wrong, and where. */
  headline: string;
  /** The headline, the reason and the fix, one paragraph each. */
  message: string;
}

export interface RunOptions {
  stack: StackClass;
  today: string;
  cap?: Level;
  settings?: Record<string, unknown>;
  exemptions?: Exemption[];
}

/** Shorthand for the catalogue of a policy. */
export function check(
  what: string,
  why: string,
  fix: string,
  prod: Level = "mandatory",
  dev: Level = "advisory",
): Check {
  return { what, why, fix, prod, dev };
}

export class Judge {
  readonly found = new Map<string, Finding>();
  private readonly policy: Policy;
  private readonly options: RunOptions;
  private readonly urn: string;

  constructor(policy: Policy, options: RunOptions, urn: string) {
    this.policy = policy;
    this.options = options;
    this.urn = urn;
  }

  /** @returns the configured value, or the default */
  setting(name: string): unknown {
    return this.options.settings?.[name] ?? this.policy.settings?.[name]?.default;
  }

  list(name: string): string[] {
    const value = this.setting(name);
    return Array.isArray(value) ? value.map(String) : [];
  }

  /** @param detail replaces the check's own words */
  report(id: string, node: Cursor, detail?: string) {
    if (node.unknown) return this.undetermined(id, node);
    const check = this.check(id);
    const level = levelOf(check, this.options.stack, this.options.cap);
    if (level === "off") return;
    const where = node.path === "" ? "" : `, ${node.path}`;
    const headline = `${id} ${node.subject.label}${where}: ${detail ?? check.what}.`;
    const message = `${headline} ${check.why} Fix: ${check.fix}`;
    this.add(id, node, { level, verdict: "violation", headline, message });
  }

  /** Reports when the value is bad, notes when it cannot be told yet. */
  when(id: string, node: Cursor, bad: (node: Cursor) => boolean | string) {
    if (node.unknown) return this.undetermined(id, node);
    const verdict = bad(node);
    if (verdict !== false) this.report(id, node, verdict === true ? undefined : verdict);
  }

  undetermined(id: string, node: Cursor) {
    const check = this.check(id);
    if (levelOf(check, this.options.stack, this.options.cap) !== "mandatory") return;
    const headline = `${id} ${node.subject.label}, ${node.path || "inputs"}: not known yet.`;
    const message = `${headline} It is judged when the update knows it; what must not be: ${check.what}.`;
    this.add("", node, { level: "advisory", verdict: "unknown", headline, message }, id);
  }

  check(id: string): Check {
    const entry = this.policy.checks[id];
    if (entry === undefined) throw new Error(`${this.policy.name} has no code ${id}`);
    return entry;
  }

  /** One finding per code and place; one per place for what is not known. */
  add(
    key: string,
    node: Cursor,
    part: Pick<Finding, "level" | "verdict" | "headline" | "message">,
    id: string = key,
  ) {
    const place = `${key}|${node.subject.id}|${node.path}`;
    if (this.found.has(place)) return;
    const object = node.subject.id;
    const finding = {
      policy: this.policy.name,
      code: id,
      object,
      path: node.path,
      urn: this.urn,
      ...part,
    };
    this.found.set(place, this.policy.locked === true ? finding : this.exempted(finding));
  }

  exempted(finding: Finding): Finding {
    const { exemptions = [], today } = this.options;
    const exemption = exemptionFor(exemptions, finding, today);
    if (exemption === undefined || finding.verdict !== "violation") return finding;
    const headline = `${finding.headline} Exempt until ${exemption.until}: ${exemption.reason}`;
    return { ...finding, level: "advisory", verdict: "exempt", headline, message: headline };
  }
}

/** An error inside a policy must neither abort the engine nor let a resource through. */
export function internalError(
  policy: Policy,
  options: RunOptions,
  urn: string,
  where: string,
  error: unknown,
): Finding {
  const kind = error instanceof Error ? error.name : "error";
  const headline = `X00 ${where}: the policy ${policy.name} failed with an internal ${kind}.`;
  const level = options.stack === "prod" && options.cap !== "advisory" ? "mandatory" : "advisory";
  const message = `${headline} Nothing was judged, so nothing can pass. Fix: report it with the resource's definition.`;
  return {
    policy: policy.name,
    code: "X00",
    level,
    verdict: "error",
    object: where,
    path: "",
    urn,
    headline,
    message,
  };
}

export function judgeResource(policy: Policy, resource: Resource, options: RunOptions): Finding[] {
  if (policy.checkResource === undefined) return [];
  const judge = new Judge(policy, options, resource.urn);
  try {
    policy.checkResource(resource, judge);
  } catch (error) {
    return [
      internalError(policy, options, resource.urn, `${resource.type} "${resource.name}"`, error),
    ];
  }
  return [...judge.found.values()];
}

export function judgeStack(policy: Policy, resources: Resource[], options: RunOptions): Finding[] {
  if (policy.checkStack === undefined) return [];
  const judge = new Judge(policy, options, "");
  try {
    policy.checkStack(resources, judge);
  } catch (error) {
    return [internalError(policy, options, "", "the stack", error)];
  }
  return [...judge.found.values()];
}
