/** Gives the policies the form that the policy SDK serves. */

import { configSchema, readPolicy } from "./config.js";
import { stackClass, stackOf } from "./levels.js";
import { resourceOf } from "./normalise.js";
import { internalError, judgeResource, judgeStack } from "./policy.js";

/**
 * @import { Finding, Policy, RunOptions } from "./policy.js"
 * @import { Registration, Resource } from "./normalise.js"
 * @import * as sdk from "@pulumi/policy"
 */

const REFERENCE = "docs/policies.md";

/**
 * The object form of a report carries a level and a severity of its own; the SDK's types hide it.
 * @typedef {(violation: { message: string, enforcementLevel?: string, severity?: string, urn?: string }) => void} Report
 */

/**
 * @param {Policy} policy
 * @param {string} version
 * @param {() => string} today
 * @returns {sdk.ResourceValidationPolicy | sdk.StackValidationPolicy}
 */
export function sdkPolicy(policy, version, today) {
  const common = {
    name: policy.name,
    displayName: policy.title,
    description: policy.description,
    enforcementLevel: /** @type {const} */ ("mandatory"),
    severity: policy.severity,
    tags: policy.tags,
    framework: {
      name: "Shlink platform policies",
      version,
      reference: REFERENCE,
      specification: Object.keys(policy.codes).join(", "),
    },
    remediationSteps: [...new Set(Object.values(policy.codes).map((code) => code.fix))].join(" "),
    url: `${REFERENCE}#${policy.name}`,
    configSchema: {
      properties: /** @type {sdk.PolicyConfigSchema["properties"]} */ (configSchema(policy)),
    },
  };
  if (policy.checkStack !== undefined) {
    return {
      ...common,
      validateStack: (args, report) => wholeStack(policy, args, asReport(report), today()),
    };
  }
  return {
    ...common,
    validateResource: (args, report) => oneResource(policy, args, asReport(report), today()),
  };
}

/** @param {unknown} report */
function asReport(report) {
  return /** @type {Report} */ (report);
}

/**
 * Resources by their raw inputs: all policies judge one and the same.
 * @type {WeakMap<object, Resource>}
 */
const seen = new WeakMap();

/**
 * The SDK's proxy throws at the first unknown value; what lies under it does not.
 * @param {{ type: string, name: string, urn: string, props: unknown, opts?: Registration["opts"] }} args
 * @returns {Resource}
 */
function resourceFrom({ type, name, urn, props, opts }) {
  const target = /** @type {Record<string, unknown> | undefined} */ (props)?.[
    "__getSpecialProxyTarget"
  ];
  const raw = target ?? props;
  if (typeof raw !== "object" || raw === null)
    return resourceOf({ type, name, urn, props: raw, opts });
  const resource = seen.get(raw) ?? resourceOf({ type, name, urn, props: raw, opts });
  seen.set(raw, resource);
  return resource;
}

/**
 * @param {Policy} policy
 * @param {{ getConfig: () => object }} args
 * @param {string | undefined} stack
 * @param {string} today
 */
function options(policy, args, stack, today) {
  const { exemptions, settings } = readPolicy(policy, args.getConfig(), today);
  return { stack: stackClass(stack), today, exemptions, settings };
}

/**
 * @param {Policy} policy
 * @param {sdk.ResourceValidationArgs} args
 * @param {Report} report
 * @param {string} today
 */
function oneResource(policy, args, report, today) {
  const given = options(policy, args, stackOf(args.urn), today);
  emit(
    policy,
    guarded(policy, given, args, () => judgeResource(policy, resourceFrom(args), given)),
    report,
  );
}

/**
 * Reading a resource must not end the run either.
 * @param {Policy} policy
 * @param {RunOptions} given
 * @param {{ type: string, name: string, urn: string }} where
 * @param {() => Finding[]} judge
 * @returns {Finding[]}
 */
function guarded(policy, given, { type, name, urn }, judge) {
  try {
    return judge();
  } catch (error) {
    return [internalError(policy, given, urn, `${type} "${name}"`, error)];
  }
}

/**
 * @param {Policy} policy
 * @param {sdk.StackValidationArgs} args
 * @param {Report} report
 * @param {string} today
 */
function wholeStack(policy, args, report, today) {
  const [first] = args.resources;
  const given = options(policy, args, stackOf(first?.urn), today);
  const where = { type: "pulumi:pulumi:Stack", name: stackOf(first?.urn) ?? "", urn: "" };
  const judge = () => judgeStack(policy, args.resources.map(resourceFrom), given);
  emit(policy, guarded(policy, given, where, judge), report);
}

/**
 * Advisory findings say so themselves. Mandatory ones of locked policies too, so that no
 * configuration lowers them; those of other policies take the level that is configured.
 * @param {Policy} policy
 * @param {Finding[]} findings
 * @param {Report} report
 */
function emit(policy, findings, report) {
  for (const { message, level, urn } of findings) {
    const own = level === "advisory" || policy.locked === true ? { enforcementLevel: level } : {};
    report({ message, severity: policy.severity, ...own, ...(urn === "" ? {} : { urn }) });
  }
}
