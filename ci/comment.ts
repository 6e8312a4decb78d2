import { changes } from "./changes.ts";
import type { Preview } from "./events.ts";
import { packMissing, type Pack } from "./guard.ts";
import { foldAll, LIMIT, oneLine, quoted, resource, type Section } from "./markdown.ts";
import { projectName } from "../platform/project.ts";

/** The comment starts with this, so that the next run finds it. */
export const COMMENT_MARKER = `<!-- ${projectName}: preview -->`;

/** What a pull request would change in each stack, and what the policies say to it. */
export function comment(previews: Preview[], pack: Pack): string {
  const warning = (preview: Preview) => packMissing(preview, pack);
  return report(`${COMMENT_MARKER}\n## What this pull request changes`, previews, warning);
}

/** A chapter for each stack, together short enough for GitHub. */
export function report(
  heading: string,
  previews: Preview[],
  warning: (preview: Preview) => string | undefined,
): string {
  const chapters = previews.map((preview) => ({
    head: head(preview, warning(preview)),
    sections: sections(preview).filter(({ items }) => items.length > 0),
  }));
  const heads = chapters.map((chapter) => chapter.head);
  const room = LIMIT - heading.length - heads.join("").length;
  const folded = foldAll(
    chapters.flatMap((chapter) => chapter.sections),
    room,
  );
  const parts = chapters.map(({ head, sections }) =>
    [head, ...folded.splice(0, sections.length)].join(""),
  );
  return [heading, ...parts].join("");
}

function head(preview: Preview, warning: string | undefined): string {
  const lines = [`### ${quoted(preview.stack)}`, verdict(preview), counts(preview)];
  if (warning !== undefined)
    lines.push(`**Policies:** \`${oneLine(warning).replaceAll("`", "'")}\``);
  return `\n\n${lines.filter((line) => line !== "").join("\n\n")}\n\n`;
}

function verdict({ summary, violations }: Preview): string {
  if (!summary) return "**The preview failed before its end; the job's log says why.**";
  if (!summary.failed) return "";
  const refused = violations.some(({ mandatory }) => mandatory);
  return refused ? "**Refused by policy.**" : "**The preview failed.**";
}

function counts({ summary }: Preview): string {
  if (!summary) return "";
  const { same = 0, ...changed } = summary.counts;
  const parts = Object.entries(changed).map(([op, count]) => `${count} to ${op}`);
  return `${parts.length > 0 ? parts.join(", ") : "No changes"}; ${same} unchanged.`;
}

function sections(preview: Preview): Section[] {
  const errors = preview.errors.map((message) => `- ${oneLine(message)}`);
  return [
    { title: "Errors", items: errors, open: true },
    { title: "Refused by policy", items: violations(preview, true), open: true },
    { title: "Advised by policy", items: violations(preview, false), open: true },
    { title: "Changes", items: changes(preview), open: false },
  ];
}

function violations(preview: Preview, mandatory: boolean): string[] {
  return preview.violations
    .filter((violation) => violation.mandatory === mandatory)
    .map(
      ({ policy, urn, message }) =>
        `${mandatory ? "-" : "!"} ${oneLine(policy)}, ${resource(urn)}: ${oneLine(message)}`,
    );
}
