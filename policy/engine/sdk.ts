/** Gives the policies the form that the policy SDK serves. */

import { configSchema, readPolicy } from "./config.ts";
import { stackClass, stackOf } from "./levels.ts";
import { resourceOf } from "./normalise.ts";
import { internalError, judgeResource, judgeStack } from "./policy.ts";
import type { Finding, Policy, RunOptions } from "./policy.ts";
import type { Registration, Resource } from "./normalise.ts";
import type * as sdk from "@pulumi/policy";

const REFERENCE = "docs/policies.md";

/**
 * The object form of a report carries a level and a severity of its own; the SDK's types hide it.
 */
export type Report = (violation: {
  message: string;
  enforcementLevel?: string;
  severity?: string;
  urn?: string;
}) => void;

export function sdkPolicy(
  policy: Policy,
  version: string,
  today: () => string,
): sdk.ResourceValidationPolicy | sdk.StackValidationPolicy {
  const common = {
    name: policy.name,
    displayName: policy.title,
    description: policy.description,
    enforcementLevel: "mandatory" as const,
    severity: policy.severity,
    tags: policy.tags,
    framework: {
      name: "Shlink platform policies",
      version,
      reference: REFERENCE,
      specification: Object.keys(policy.checks).join(", "),
    },
    remediationSteps: [...new Set(Object.values(policy.checks).map((code) => code.fix))].join(" "),
    url: `${REFERENCE}#${policy.name}`,
    configSchema: {
      properties: configSchema(policy) as sdk.PolicyConfigSchema["properties"],
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

function asReport(report: unknown) {
  return report as Report;
}

/** Resources by their raw inputs: all policies judge one and the same. */
const seen: WeakMap<object, Resource> = new WeakMap();

/** The SDK's proxy throws at the first unknown value; what lies under it does not. */
function resourceFrom({
  type,
  name,
  urn,
  props,
  opts,
}: {
  type: string;
  name: string;
  urn: string;
  props: unknown;
  opts?: Registration["opts"];
}): Resource {
  const target = (props as Record<string, unknown> | undefined)?.["__getSpecialProxyTarget"];
  const raw = target ?? props;
  if (typeof raw !== "object" || raw === null)
    return resourceOf({ type, name, urn, props: raw, opts });
  const resource = seen.get(raw) ?? resourceOf({ type, name, urn, props: raw, opts });
  seen.set(raw, resource);
  return resource;
}

function options(
  policy: Policy,
  args: { getConfig: () => object },
  stack: string | undefined,
  today: string,
) {
  const { exemptions, settings } = readPolicy(policy, args.getConfig(), today);
  return { stack: stackClass(stack), today, exemptions, settings };
}

function oneResource(
  policy: Policy,
  args: sdk.ResourceValidationArgs,
  report: Report,
  today: string,
) {
  const given = options(policy, args, stackOf(args.urn), today);
  emit(
    policy,
    guarded(policy, given, args, () => judgeResource(policy, resourceFrom(args), given)),
    report,
  );
}

/** Reading a resource must not end the run either. */
function guarded(
  policy: Policy,
  given: RunOptions,
  { type, name, urn }: { type: string; name: string; urn: string },
  judge: () => Finding[],
): Finding[] {
  try {
    return judge();
  } catch (error) {
    return [internalError(policy, given, urn, `${type} "${name}"`, error)];
  }
}

function wholeStack(policy: Policy, args: sdk.StackValidationArgs, report: Report, today: string) {
  const [first] = args.resources;
  const given = options(policy, args, stackOf(first?.urn), today);
  const where = { type: "pulumi:pulumi:Stack", name: stackOf(first?.urn) ?? "", urn: "" };
  const judge = () => judgeStack(policy, args.resources.map(resourceFrom), given);
  emit(policy, guarded(policy, given, where, judge), report);
}

/**
 * Advisory findings say so themselves. Mandatory ones of locked policies too, so that no
 * configuration lowers them; those of other policies take the level that is configured.
 */
function emit(policy: Policy, findings: Finding[], report: Report) {
  for (const { message, level, urn } of findings) {
    const own = level === "advisory" || policy.locked === true ? { enforcementLevel: level } : {};
    report({ message, severity: policy.severity, ...own, ...(urn === "" ? {} : { urn }) });
  }
}
