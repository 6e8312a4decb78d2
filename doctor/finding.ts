import { reasonOf } from "../effects/reason.ts";
import type { WorkloadName } from "../platform/workloads.ts";
import type { FactName, Facts, Snapshot } from "./facts.ts";

/** The chain from the cluster to a redirect: each link needs those before it. `upkeep` is what breaks it later. */
export const links = [
  "cluster",
  "operators",
  "vault",
  "secrets",
  "database",
  "redis",
  "shlink",
  "mesh",
  "gateway",
  "redirect",
  "upkeep",
] as const;
export type Link = (typeof links)[number];

/** `broken`: redirects fail, or the next restart will; `warning`: nothing fails yet. */
type Severity = "broken" | "warning";

/** One thing that was seen, as a sentence without a secret; `link` and `severity` where they are not the finding's own. */
export interface Evidence {
  text: string;
  link?: Link;
  /** Where it is worse than the finding mostly is. */
  severity?: "broken";
}

/** Something that can be wrong, and how it shows. */
export interface Finding<Need extends FactName = FactName, Also extends FactName = FactName> {
  /** Also the name of its page in docs/runbooks. */
  id: string;
  link: Link;
  severity: Severity;
  /** The pods that it is about: where others run them, nobody looks for it. */
  about?: WorkloadName;
  title: string;
  /** What it means, for the runbook. */
  meaning: string;
  consequence: string;
  /** What to do: sentences. */
  fix: string;
  /** Commands that mend it, or begin to; capitals stand for names. */
  mend?: string[];
  /** Commands that show more of it; they change nothing, and run as they stand. */
  look: string[];
  needs: readonly Need[];
  /** Facts that tell more of it: while one is not seen, it is judged without, and stays undecided as well. */
  also?: readonly Also[];
  /** Empty: it is not so. */
  find(facts: Pick<Facts, Need> & Partial<Pick<Facts, Also>>): Evidence[];
  /** Why a part of it stays undecided though the rest is judged; absent: it has no parts. */
  open?(facts: Pick<Facts, Need>): string[];
}

/** A finding that names the facts it needs, and is handed no other. */
export const finding = <Need extends FactName, Also extends FactName = never>(
  one: Finding<Need, Also>,
): Finding => one;

/** A finding that applies, in one link. */
export interface Diagnosis {
  id: string;
  link: Link;
  severity: Severity;
  title: string;
  evidence: string[];
  consequence: string;
  fix: string;
  commands: string[];
  runbook: string;
}

/** A finding that could not be decided. */
interface Undecided {
  id: string;
  link: Link;
  why: string;
}

export interface Examination {
  /** What applies, in the order of the chain: the first broken one is the cause to begin with. */
  found: Diagnosis[];
  undecided: Undecided[];
  /** How many findings were looked for. */
  looked: number;
}

export const runbookPath = (id: string) => `docs/runbooks/${id}.md`;

/** Decides every finding by the snapshot alone. */
export function examine(findings: Finding[], snapshot: Snapshot): Examination {
  const found: Diagnosis[] = [];
  const undecided: Undecided[] = [];
  const looked = findings.filter(({ about }) => !leftToOthers(snapshot, about));
  for (const one of looked) {
    const { evidence, open } = judge(one, snapshot);
    found.push(...diagnoses(one, evidence));
    if (open.length > 0)
      undecided.push({ id: one.id, link: one.link, why: [...new Set(open)].join("; ") });
  }
  const order = (link: Link, severity: Severity) =>
    links.indexOf(link) + (severity === "broken" ? 0 : links.length);
  found.sort((a, b) => order(a.link, a.severity) - order(b.link, b.severity));
  return { found, undecided, looked: looked.length };
}

/** What one finding sees, and why it is open, or a part of it: what somebody wrote into an object must not end the others. */
function judge(one: Finding, snapshot: Snapshot): { evidence: Evidence[]; open: string[] } {
  const why = unseen(one.needs, snapshot);
  if (why.length > 0) return { evidence: [], open: why };
  try {
    const facts = values(snapshot);
    const open = [...unseen(one.also ?? [], snapshot), ...(one.open?.(facts) ?? [])];
    return { evidence: one.find(facts), open };
  } catch (error) {
    const reason = `an object of the cluster is not as it should be: ${reasonOf(error)}`;
    return { evidence: [], open: [reason] };
  }
}

const leftToOthers = ({ outside }: Snapshot, about: WorkloadName | undefined) =>
  about !== undefined && outside.known && outside.value.includes(about);

const unseen = (names: readonly FactName[], snapshot: Snapshot): string[] =>
  names.flatMap((name) => {
    const fact = snapshot[name];
    return fact.known ? [] : [fact.why];
  });

const values = (snapshot: Snapshot) =>
  Object.fromEntries(
    Object.entries(snapshot).flatMap(([name, fact]) => (fact.known ? [[name, fact.value]] : [])),
  ) as unknown as Facts;

/** What one finding says, link by link. */
function diagnoses(one: Finding, evidence: Evidence[]): Diagnosis[] {
  const byLink = Map.groupBy(evidence, ({ link }) => link ?? one.link);
  return [...byLink].map(([link, items]) => ({
    id: one.id,
    link,
    severity: items.some(({ severity }) => severity === "broken") ? "broken" : one.severity,
    title: one.title,
    evidence: items.map(({ text }) => text),
    consequence: one.consequence,
    fix: one.fix,
    commands: one.mend ?? [],
    runbook: runbookPath(one.id),
  }));
}
