/** Gives the policies the form that the policy SDK serves. */

import { configSchema, STACK_CLASS } from "./config.ts";
import type { PackConfig } from "./config.ts";
import { resourceOf } from "./normalise.ts";
import { internalError, judgeResource, judgeStack } from "./policy.ts";
import type { Finding, Policy, RunOptions } from "./policy.ts";
import type { Registration, Resource } from "./normalise.ts";
import type * as sdk from "@pulumi/policy";

const REFERENCE = "docs/policies.md";

/** What all policies of a pack share. */
export interface Surroundings {
  version: string;
  /** The day on which the run began, YYYY-MM-DD. */
  today: string;
  /** What the engine last configured. */
  config: PackConfig;
}

/** The object form of a report carries a level and a severity of its own; the SDK's types hide it. */
type Report = (violation: {
  message: string;
  enforcementLevel?: string;
  severity?: string;
  urn?: string;
}) => void;

/** The engine knows settings of policies only, so a policy that judges nothing carries the class of the stack. */
const stackClass: sdk.StackValidationPolicy = {
  name: STACK_CLASS,
  displayName: "The class of the stack",
  description:
    "The setting class says how the stack is judged: as prod, or as dev, where findings advise.",
  enforcementLevel: "mandatory",
  configSchema: {
    properties: { class: { type: "string", enum: ["prod", "dev"], default: "prod" } },
  },
  validateStack: () => undefined,
};

export function sdkPolicies(policies: Policy[], surroundings: Surroundings): sdk.Policies {
  return [...policies.map((policy) => sdkPolicy(policy, surroundings)), stackClass];
}

function sdkPolicy(policy: Policy, surroundings: Surroundings): sdk.Policies[number] {
  const common = metadata(policy, surroundings.version);
  if (policy.checkStack !== undefined) {
    return {
      ...common,
      validateStack: (args, report) => {
        judgeWhole(policy, args, report as unknown as Report, surroundings);
      },
    };
  }
  return {
    ...common,
    validateResource: (args, report) => {
      judgeOne(policy, args, report as unknown as Report, surroundings);
    },
  };
}

function metadata(policy: Policy, version: string): sdk.Policy {
  const checks = Object.values(policy.checks);
  return {
    name: policy.name,
    displayName: policy.title,
    description: policy.description,
    enforcementLevel: "mandatory",
    severity: policy.severity,
    tags: policy.tags,
    framework: {
      name: "Shlink platform policies",
      version,
      reference: REFERENCE,
      specification: Object.keys(policy.checks).join(", "),
    },
    remediationSteps: [...new Set(checks.map(({ fix }) => fix))].join(" "),
    url: `${REFERENCE}#${policy.name}`,
    configSchema: {
      properties: configSchema(policy),
    },
  };
}

/** Resources by their raw inputs: all policies judge one and the same. */
const seen = new WeakMap<object, Resource>();

interface Given {
  type: string;
  name: string;
  urn: string;
  props: unknown;
  opts?: Registration["opts"];
}

/** The SDK's proxy throws at the first unknown value; what lies under it does not. */
function resourceFrom({ type, name, urn, props, opts }: Given): Resource {
  const target = (props as Record<string, unknown> | undefined)?.["__getSpecialProxyTarget"];
  const raw = target ?? props;
  if (typeof raw !== "object" || raw === null)
    return resourceOf({ type, name, urn, props: raw, opts });
  const resource = seen.get(raw) ?? resourceOf({ type, name, urn, props: raw, opts });
  seen.set(raw, resource);
  return resource;
}

function runOptions(policy: Policy, { config, today }: Surroundings): RunOptions {
  // The engine's own level of a policy weighs its findings later, see emit.
  const { exemptions, settings } = config.policies.get(policy.name) ?? {};
  return { stack: config.stackClass, today, exemptions, settings };
}

function judgeOne(
  policy: Policy,
  args: sdk.ResourceValidationArgs,
  report: Report,
  surroundings: Surroundings,
): void {
  const options = runOptions(policy, surroundings);
  const { type, name, urn } = args;
  const failed = (error: unknown) =>
    internalError(policy, options, urn, `${type} "${name}"`, error);
  emit(
    policy,
    guarded(() => judgeResource(policy, resourceFrom(args), options), failed),
    report,
  );
}

function judgeWhole(
  policy: Policy,
  args: sdk.StackValidationArgs,
  report: Report,
  surroundings: Surroundings,
): void {
  const options = runOptions(policy, surroundings);
  const failed = (error: unknown) => internalError(policy, options, "", "the stack", error);
  const judge = () => judgeStack(policy, args.resources.map(resourceFrom), options);
  emit(policy, guarded(judge, failed), report);
}

/** Reading a resource must not end the run either. */
function guarded(judge: () => Finding[], failed: (error: unknown) => Finding): Finding[] {
  try {
    return judge();
  } catch (error) {
    return [failed(error)];
  }
}

/**
 * Advisory findings say so themselves. Mandatory ones of locked policies too, so that no
 * configuration lowers them; those of other policies take the level that is configured.
 */
function emit(policy: Policy, findings: Finding[], report: Report): void {
  for (const { message, level, urn } of findings) {
    const own = level === "advisory" || policy.locked === true ? { enforcementLevel: level } : {};
    report({ message, severity: policy.severity, ...own, ...(urn === "" ? {} : { urn }) });
  }
}
