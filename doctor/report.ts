import { leftOut } from "./facts.ts";
import type { Diagnosis, Examination } from "./finding.ts";

/** What the command ends with. 1 is left for a command that could not do its work: wrong arguments, no kubeconfig. */
const exitCodes = {
  well: 0,
  warnings: 2,
  broken: 3,
  /** Nothing was found, but not everything could be seen. */
  undecided: 4,
};

const isLeftOut = (why: string) => Object.values(leftOut).some((reason) => why.startsWith(reason));

const unseenIn = ({ undecided }: Examination) => undecided.filter(({ why }) => !isLeftOut(why));

export function exitCode(result: Examination): number {
  if (result.found.some(({ severity }) => severity === "broken")) return exitCodes.broken;
  if (result.found.length > 0) return exitCodes.warnings;
  return unseenIn(result).length > 0 ? exitCodes.undecided : exitCodes.well;
}

/** The same for programs. */
export function toJson(result: Examination, context: string): string {
  const { found, undecided, looked } = result;
  const first = found.find(({ severity }) => severity === "broken") ?? found[0];
  const answer = {
    context,
    exitCode: exitCode(result),
    first: first?.id,
    found,
    undecided,
    looked,
  };
  return `${JSON.stringify(answer, undefined, 2)}\n`;
}

/** Writes the result for people: the first broken link with all that is known of it, then the others in a table. */
export function toText(result: Examination, context: string): string {
  const [first, ...others] = result.found;
  const lines = first === undefined ? well(result, context) : [...details(first), ...table(others)];
  return `${[...lines, ...unseenLines(result)].join("\n")}\n`;
}

function well(result: Examination, context: string): string[] {
  const decided = result.looked - result.undecided.length;
  return [
    `Context ${context}: ${decided} of ${result.looked} findings were looked for, none applies.`,
  ];
}

function details(one: Diagnosis): string[] {
  const begin =
    one.severity === "broken" ? "First broken link" : "Nothing is broken; first warning";
  return [
    `${begin}: ${one.link} - ${one.title} (${one.id})`,
    ...one.evidence.map((text) => `  seen         ${text}`),
    `  consequence  ${one.consequence}`,
    `  fix          ${one.fix}`,
    ...one.commands.map((command) => `               $ ${command}`),
    `  runbook      ${one.runbook}`,
  ];
}

/** How much of the evidence a line of the table has room for. */
const widest = 90;

function table(others: Diagnosis[]): string[] {
  if (others.length === 0) return [];
  const rows = others.map(({ severity, link, id, evidence }) => {
    const [text = "", ...more] = evidence;
    const all = more.length === 0 ? text : `${text} (and ${more.length} more)`;
    return [severity, link, id, all.length > widest ? `${all.slice(0, widest - 1)}…` : all];
  });
  const head = ["severity", "link", "finding", "seen"];
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? "").length)),
  );
  const line = (row: string[]) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd();
  const introduction = "Also found; what comes later in the chain may only follow from it:";
  return ["", introduction, line(head), ...rows.map(line)];
}

function unseenLines(result: Examination): string[] {
  const hidden = unseenIn(result);
  if (hidden.length === 0) return [];
  const byReason = Map.groupBy(hidden, ({ why }) => why);
  const lines = [...byReason].map(
    ([why, ones]) => `  ${why}: ${ones.map(({ id }) => id).join(", ")}`,
  );
  return ["", "Not decided, for want of sight:", ...lines];
}
