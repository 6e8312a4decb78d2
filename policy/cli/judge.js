/** Runs all policies over the resources of one stack. */

import { stackClass } from "../engine/levels.js";
import { resourceOf } from "../engine/normalise.js";
import { judgeResource, judgeStack } from "../engine/policy.js";

/**
 * @import { Finding, Policy } from "../engine/policy.js"
 * @import { Registration } from "../engine/normalise.js"
 * @import { PolicySettings } from "../engine/config.js"
 */

/**
 * @param {Policy[]} policies
 * @param {Registration[]} registrations
 * @param {string | undefined} stack
 * @param {Map<string, PolicySettings>} config
 * @param {string} today
 * @returns {Finding[]} sorted, so that the order of the resources does not show
 */
export function judgeAll(policies, registrations, stack, config, today) {
  const resources = registrations.map(resourceOf);
  const findings = policies.flatMap((policy) => {
    const options = { stack: stackClass(stack), today, ...config.get(policy.name) };
    if (options.cap === "off") return [];
    return [
      ...resources.flatMap((resource) => judgeResource(policy, resource, options)),
      ...judgeStack(policy, resources, options),
    ];
  });
  return findings.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** @param {Finding} finding */
function key({ level, policy, object, path, code, urn }) {
  return [level === "mandatory" ? 0 : 1, policy, object, path, code, urn].join("|");
}
