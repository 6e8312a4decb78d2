/** Named objects that a policy lets pass for a reason and for a time. Locked policies have none. */

export interface Exemption {
  /** The object as Kind/namespace/name, as a finding's message has it, or its URN. */
  object: string;
  /** One code of the policy; all of them when absent. */
  code?: string;
  reason: string;
  /** The last day on which the exemption holds, YYYY-MM-DD. */
  until: string;
}

/** What the engine checks in a configuration file before a policy sees it. */
export const EXEMPT_SCHEMA = {
  type: "array" as const,
  description: "Objects that this policy lets pass, each with a reason and a last day.",
  default: [],
  items: {
    type: "object" as const,
    properties: {
      object: { type: "string" as const },
      code: { type: "string" as const },
      reason: { type: "string" as const },
      until: { type: "string" as const },
    },
    required: ["object", "reason", "until"],
  },
};

/** @returns YYYY-MM-DD */
export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** @param today YYYY-MM-DD */
export function exemptionFor(
  exemptions: Exemption[],
  finding: { object: string; urn: string; code: string },
  today: string,
): Exemption | undefined {
  return exemptions.find(
    (exemption) =>
      (exemption.object === finding.object || exemption.object === finding.urn) &&
      (exemption.code === undefined || exemption.code === finding.code) &&
      exemption.until >= today,
  );
}
