import { report } from "./comment.ts";
import type { Preview } from "./events.ts";
import { projectName } from "../platform/project.ts";

/** The body starts with this, so that the next run finds it. */
export const DRIFT_MARKER = `<!-- ${projectName}: drift -->`;
export const DRIFT_TITLE = "What runs differs from what the program says";

/** The text; nothing when the stacks run as the program says. */
export function drift(previews: Preview[]): string | undefined {
  const blind = previews.find(({ summary }) => !summary || summary.failed);
  if (blind)
    throw new Error(`The preview of ${blind.stack} failed, so nothing is known of its drift.`);
  const drifted = previews.filter(({ summary }) =>
    Object.entries(summary?.counts ?? {}).some(([op, count]) => op !== "same" && count > 0),
  );
  if (drifted.length === 0) return undefined;
  const heading =
    `${DRIFT_MARKER}\nThe next deployment would change the following, although the program did not change. ` +
    "Somebody or something else did: put it into the program, or deploy to undo it.";
  return report(heading, drifted, () => undefined);
}
