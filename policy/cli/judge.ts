/** Runs all policies over the resources of one stack. */

import type { PackConfig } from "../engine/config.ts";
import { resourceOf } from "../engine/normalise.ts";
import { judgeResource, judgeStack } from "../engine/policy.ts";
import type { Finding, Policy } from "../engine/policy.ts";
import type { Registration } from "../engine/normalise.ts";

/** @returns sorted, so that the order of the resources does not show */
export function judgeAll(
  policies: Policy[],
  registrations: Registration[],
  config: PackConfig,
  today: string,
): Finding[] {
  const resources = registrations.map(resourceOf);
  const findings = policies.flatMap((policy) => {
    const options = { stack: config.stackClass, today, ...config.policies.get(policy.name) };
    if (options.cap === "off") return [];
    return [
      ...resources.flatMap((resource) => judgeResource(policy, resource, options)),
      ...judgeStack(policy, resources, options),
    ];
  });
  return findings.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function key({ level, policy, object, path, code, urn }: Finding): string {
  return [level === "mandatory" ? 0 : 1, policy, object, path, code, urn].join("|");
}
