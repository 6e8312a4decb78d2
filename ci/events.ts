import { z } from "zod";

const names = z.array(z.string()).nullish();
const state = z.object({
  inputs: z.record(z.string(), z.unknown()).nullish(),
  outputs: z.record(z.string(), z.unknown()).nullish(),
});
const propertyDiff = z.object({ diffKind: z.string(), inputDiff: z.boolean().nullish() });
const step = z.object({
  op: z.string(),
  urn: z.string(),
  old: state.nullish(),
  new: state.nullish(),
  diffs: names,
  detailedDiff: z.record(z.string(), propertyDiff).nullish(),
});
const judgement = z.object({ policyPackName: z.string(), passed: names, failed: names });

/** What we read of the engine's events; a kind of event that is not here is of no interest. */
const event = z.object({
  resourcePreEvent: z.object({ metadata: step }).optional(),
  diagnosticEvent: z.object({ message: z.string(), severity: z.string() }).optional(),
  policyEvent: z
    .object({
      resourceUrn: z.string().optional(),
      message: z.string(),
      policyName: z.string(),
      enforcementLevel: z.string(),
    })
    .optional(),
  policyAnalyzeSummaryEvent: judgement.extend({ resourceUrn: z.string() }).optional(),
  policyAnalyzeStackSummaryEvent: judgement.optional(),
  summaryEvent: z
    .object({
      resourceChanges: z.record(z.string(), z.number()).nullish(),
      PolicyPacks: z.record(z.string(), z.string()).nullish(),
      result: z.string().nullish(),
    })
    .optional(),
  errorEvent: z.object({ error: z.string() }).optional(),
});

type Event = z.infer<typeof event>;
export type Step = z.infer<typeof step>;

interface Violation {
  policy: string;
  mandatory: boolean;
  urn: string;
  message: string;
}

interface Judgement {
  pack: string;
  /** The URN of the resource; it is absent when the policies judged the stack as a whole. */
  urn?: string;
  policies: string[];
}

export interface Preview {
  stack: string;
  steps: Step[];
  violations: Violation[];
  judgements: Judgement[];
  errors: string[];
  /** The engine's last word; a preview that failed early has none. */
  summary?: { counts: Record<string, number>; packs: Record<string, string>; failed: boolean };
}

/** Reads the engine's event stream, one JSON object a line; `source` names it in errors. */
export function readPreview(source: string, text: string): Preview {
  const events = text
    .split("\n")
    .map((line, index) => ({ line, where: `${source}, line ${index + 1}` }))
    .filter(({ line }) => line.trim() !== "")
    .map(({ line, where }) => parse(line, where));
  const urns = events.flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata.urn ?? []);
  const stack = /^urn:pulumi:([^:]+)::/.exec(urns[0] ?? "")?.[1] ?? stackOf(source);
  return { stack, ...digest(events) };
}

/** A preview that failed before its first resource is known by its file: `prod` of `events/prod.jsonl`. */
const stackOf = (source: string) => (source.split("/").at(-1) ?? "").replace(/\..*$/, "");

/** The same stream without debug messages, in which the engine tells generated secrets in plain text. */
export function withoutDebug(text: string): string {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "" && !isDebug(line))
    .map((line) => `${line}\n`)
    .join("");
}

/** What is no event may be anything, so it goes as well. */
function isDebug(line: string): boolean {
  try {
    return event.parse(JSON.parse(line)).diagnosticEvent?.severity === "debug";
  } catch {
    return true;
  }
}

function parse(line: string, where: string): Event {
  try {
    return event.parse(JSON.parse(line));
  } catch {
    throw new Error(
      `${where}: this is no engine event; write the file with PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true pulumi preview --json.`,
    );
  }
}

function digest(events: Event[]): Omit<Preview, "stack"> {
  const summary = events.flatMap(({ summaryEvent }) => summaryEvent ?? []).at(-1);
  return {
    steps: events.flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata ?? []),
    violations: events.flatMap(({ policyEvent }) => (policyEvent ? violation(policyEvent) : [])),
    judgements: events.flatMap(judgements),
    errors: events.flatMap(errors),
    summary: summary && {
      counts: summary.resourceChanges ?? {},
      packs: summary.PolicyPacks ?? {},
      failed: summary.result === "failed",
    },
  };
}

function violation(found: NonNullable<Event["policyEvent"]>): Violation {
  return {
    policy: found.policyName,
    mandatory: found.enforcementLevel !== "advisory",
    urn: found.resourceUrn ?? "",
    message: found.message,
  };
}

function judgements(event: Event): Judgement[] {
  const { policyAnalyzeSummaryEvent: one, policyAnalyzeStackSummaryEvent: all } = event;
  return [one && { ...one, urn: one.resourceUrn }, all]
    .filter((found) => found !== undefined)
    .map(({ policyPackName, passed, failed, ...rest }) => ({
      pack: policyPackName,
      policies: [...(passed ?? []), ...(failed ?? [])],
      ...("urn" in rest && { urn: rest.urn }),
    }));
}

function errors({ diagnosticEvent, errorEvent }: Event): string[] {
  const message = diagnosticEvent?.severity === "error" ? [diagnosticEvent.message] : [];
  return errorEvent ? [...message, errorEvent.error] : message;
}
