import type { Preview, Step } from "./events.ts";
import { masked, oneLine, resource } from "./markdown.ts";
import { unknownMark } from "../platform/wire.ts";

/** How a diff marks what a step does; the other steps are parts of a replacement, or change nothing. */
const SIGNS: Record<string, string> = {
  create: "+",
  import: "+",
  update: "!",
  replace: "!",
  delete: "-",
};
const LONGEST_VALUE = 80;

/** What the preview would change, each with the properties that differ. */
export function changes({ steps }: Preview): string[] {
  return steps.filter(({ op }) => op in SIGNS).map(change);
}

function change(step: Step): string {
  const title = `${SIGNS[step.op]} ${step.op} ${resource(step.urn)}`;
  return [title, ...properties(step)].join("\n");
}

function properties({ urn, old, new: now, diffs, detailedDiff }: Step): string[] {
  const kinds = Object.entries(detailedDiff ?? {});
  if (kinds.length === 0) return (diffs ?? []).map((path) => `    ${oneLine(path)}`);
  return kinds.map(([path, { inputDiff }]) => {
    const show = (values: unknown) => (isSecret(urn, path) ? "[secret]" : shown(values, path));
    return `    ${oneLine(path)}: ${show(inputDiff ? old?.inputs : old?.outputs)} → ${show(now?.inputs)}`;
  });
}

/** The provider marks these as secret as well; a Secret's content is never worth the risk. */
const isSecret = (urn: string, path: string) =>
  /kubernetes:core\/v1:Secret(Patch)?::/.test(urn) && /^(data|stringData)\b/.test(path);

function shown(values: unknown, path: string): string {
  const found = valueAt(values, path);
  if (found === undefined) return "(none)";
  const text = masked(JSON.stringify(found));
  if (text.includes(unknownMark)) return "(unknown)";
  return oneLine(text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text);
}

/** Follows a path like `spec.ports[0].port` or `data["a.b"]`; inside of a secret, the whole secret. */
function valueAt(values: unknown, path: string): unknown {
  let value = values;
  for (const [, quoted, index, name] of path.matchAll(/\["([^"]*)"\]|\[(\d+)\]|([^.[\]]+)/g)) {
    if (typeof value !== "object" || value === null) return undefined;
    const inner = (value as Record<string, unknown>)[quoted ?? index ?? name ?? ""];
    if (inner === undefined && masked(JSON.stringify(value)) === "[secret]") return value;
    value = inner;
  }
  return value;
}
