/** Named objects that a policy lets pass for a reason and for a time. Locked policies have none. */

/**
 * @typedef {object} Exemption
 * @property {string} object Kind/namespace/name as in a finding's message, or a URN
 * @property {string} [code] one code of the policy; all when left out
 * @property {string} reason
 * @property {string} until the last day, YYYY-MM-DD
 */

/** What the engine checks in a configuration file before a policy sees it. */
export const EXEMPT_SCHEMA = {
  type: /** @type {const} */ ("array"),
  description: "Objects that this policy lets pass, each with a reason and a last day.",
  default: [],
  items: {
    type: /** @type {const} */ ("object"),
    properties: {
      object: { type: /** @type {const} */ ("string") },
      code: { type: /** @type {const} */ ("string") },
      reason: { type: /** @type {const} */ ("string") },
      until: { type: /** @type {const} */ ("string") },
    },
    required: ["object", "reason", "until"],
  },
};

/**
 * @param {Date} date
 * @returns {string} YYYY-MM-DD
 */
export function dayOf(date) {
  return date.toISOString().slice(0, 10);
}

/**
 * @param {Exemption[]} exemptions
 * @param {{ object: string, urn: string, code: string }} finding
 * @param {string} today YYYY-MM-DD
 * @returns {Exemption | undefined}
 */
export function exemptionFor(exemptions, finding, today) {
  return exemptions.find(
    (exemption) =>
      (exemption.object === finding.object || exemption.object === finding.urn) &&
      (exemption.code === undefined || exemption.code === finding.code) &&
      exemption.until >= today,
  );
}
