import { signatureKey } from "../platform/wire.ts";

const FENCE = "```";
const LONGEST_LINE = 600;

/** GitHub refuses bodies of more than 65,536 characters. */
export const LIMIT = 65_000;

export interface Section {
  title: string;
  /** Foreign text; each item's lines went through `oneLine`. */
  items: string[];
  open: boolean;
}

/** Text that may hold a secret's envelope is not taken apart but left out as a whole. */
export function masked(text: string): string {
  return text.includes(signatureKey) ? "[secret]" : text;
}

/** Foreign text for a line in a fence: it can neither start a line nor end the fence, nor turn the reading direction. */
export function oneLine(text: string): string {
  const whole = masked(text).trim();
  const line = whole
    .slice(0, LONGEST_LINE)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\s]+/gu, " ")
    .replace(/`{3,}/g, (run) => "'".repeat(run.length));
  return whole.length > LONGEST_LINE ? `${line.trimEnd()} …` : line;
}

/** A name between backticks, of the characters that Pulumi allows in a stack's name. */
export function quoted(name: string): string {
  return `\`${name.replace(/[^\w.-]/g, "_").slice(0, 100)}\``;
}

/** The readable part of a URN: type and name. */
export function resource(urn: string): string {
  const [, , types = "", ...name] = urn.replace(/^urn:pulumi:/, "").split("::");
  return oneLine(`${types.split("$").at(-1) ?? ""} ${name.join("::")}`);
}

/**
 * Foreign text stands only in fenced code, where GitHub reads no markup, mention, reference or link.
 * Items that do not fit into the room are left out, and their number is told.
 */
function fold({ title, items, open }: Section, room = Infinity): string {
  const opening = `<details${open ? " open" : ""}><summary>${title} (${items.length})</summary>\n\n${FENCE}diff\n`;
  const write = (count: number) =>
    `${opening}${items
      .slice(0, count)
      .map((item) => `${item}\n`)
      .join("")}${FENCE}\n${omission(items.length - count)}\n</details>\n`;
  return write(fitting(items, room - write(0).length));
}

function fitting(items: string[], room: number): number {
  let left = room;
  for (const [index, item] of items.entries()) {
    left -= item.length + 1;
    if (left < 0) return index;
  }
  return items.length;
}

const omission = (count: number) =>
  count === 0 ? "" : `\n${count} left out: too long for GitHub; pulumi preview shows them all.\n`;

/** Divides the room: the short sections stand whole, the long ones share evenly what is left. */
export function foldAll(sections: Section[], room: number): string[] {
  const folded = new Map<Section, string>();
  const sizes = new Map(sections.map((section) => [section, fold(section).length]));
  const size = (section: Section) => sizes.get(section) ?? 0;
  let left = room;
  for (const section of sections.toSorted((a, b) => size(a) - size(b))) {
    const text = fold(section, left / (sections.length - folded.size));
    folded.set(section, text);
    left -= text.length;
  }
  return sections.map((section) => folded.get(section) ?? "");
}
