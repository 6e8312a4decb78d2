import type { Preview, Step } from "./events.ts";

export interface Pack {
  name: string;
  version: string;
  /** Policies that no configuration can take away. */
  locked: string[];
}

/** Says why the policy pack cannot be trusted to have judged this preview; nothing if it has. */
export function packMissing(preview: Preview, pack: Pack): string | undefined {
  const { stack, summary } = preview;
  if (!summary) return `The preview of ${stack} failed before its end, and so did the policies.`;
  const version = versionOf(summary.packs, pack.name);
  if (version === undefined)
    return `The policy pack ${pack.name} did not run on ${stack}: pass --policy-pack to pulumi preview.`;
  if (version !== pack.version)
    return `The policy pack ${pack.name} ran on ${stack} in version ${version}, but this commit holds ${pack.version}.`;
  if (summary.failed && !preview.violations.some(({ mandatory }) => mandatory))
    return `The preview of ${stack} failed, so the policy pack ${pack.name} has not seen all of it.`;
  return unjudged(preview, pack);
}

/** A pack from a folder is listed as `name|local|folder`. */
function versionOf(packs: Record<string, string>, name: string): string | undefined {
  const found = Object.entries(packs).find(([key]) => key.split("|")[0] === name);
  return found?.[1].replace(/^v/, "");
}

function unjudged({ stack, steps, judgements }: Preview, pack: Pack): string | undefined {
  const own = judgements.filter((judgement) => judgement.pack === pack.name);
  const judged = new Set(own.map(({ urn }) => urn));
  const resources = new Set(steps.filter(isJudged).map(({ urn }) => urn));
  const missed = [...resources].filter((urn) => !judged.has(urn)).length;
  if (missed > 0 || resources.size === 0)
    return `The policy pack ${pack.name} judged ${resources.size - missed} of ${resources.size} resources of ${stack}.`;
  const ran = new Set(own.flatMap(({ policies }) => policies));
  const off = pack.locked.filter((name) => !ran.has(name));
  if (off.length === 0) return undefined;
  return `The policy pack ${pack.name} ran on ${stack} without ${off.join(", ")}.`;
}

/** The engine shows the policies what it would write: neither what it deletes nor what it only reads. */
const isJudged = (step: Step) => Boolean(step.new) && !/^(read|refresh)/.test(step.op);
