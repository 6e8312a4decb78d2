import type { HttpAnswer } from "../../effects/http.ts";
import type { Report } from "../../effects/command.ts";
import { type AskLinks, faultOf, type Link, link, pathOf, refusalOf } from "./link.ts";

interface Numbered {
  line: number;
  link: Link;
}

/**
 * Reads the lines of a file, all of them before anything is made of one.
 * @throws Error that names each line that is no link, and why.
 */
export function readLinks(file: string, text: string): Numbered[] {
  const faults: string[] = [];
  const links = text.split("\n").flatMap((words, index): Numbered[] => {
    const line = index + 1;
    if (words.trim() === "") return [];
    try {
      const parsed = link.safeParse(JSON.parse(words));
      if (parsed.success) return [{ line, link: parsed.data }];
      faults.push(`line ${line}: ${faultOf(parsed.error)}`);
    } catch {
      faults.push(`line ${line}: this is no JSON`);
    }
    return [];
  });
  if (faults.length > 0)
    throw new Error(
      `${file} has lines that are no links, so nothing was imported:\n  ${faults.join("\n  ")}`,
    );
  return links;
}

/**
 * Makes the links that are not there. A link that is there with the same target is left as it is, so that an import that
 * was interrupted is simply made again. It ends at once where Shlink takes no link at all.
 * @throws Error that names each line that was not imported, and why; all others were, as far as it came.
 */
export async function importLinks(ask: AskLinks, links: Numbered[], report: Report): Promise<void> {
  const counts = { made: 0, there: 0 };
  const must =
    (line: number): AskLinks =>
    async (path, request) => {
      const answer = await ask(path, request);
      if (!takesNone(answer)) return answer;
      const known = faults.map((fault) => `\n  ${fault}`).join("");
      throw new Error(
        `The import ends at line ${line}, since Shlink takes no link: ${refusalOf(answer)}. ${counts.made} links were made, ${counts.there} were there; correct it, and run this again.${known}`,
      );
    };
  const faults: string[] = [];
  for (const [index, one] of links.entries()) {
    const outcome = await importLink(must(one.line), one.link);
    if (outcome === "made" || outcome === "there") counts[outcome]++;
    else faults.push(`line ${one.line}: ${outcome}`);
    if ((index + 1) % 100 === 0) report(`${index + 1} of ${links.length} links`);
  }
  report(`${counts.made} links were made, ${counts.there} were there`);
  if (faults.length > 0)
    throw new Error(`${faults.length} links were not imported:\n  ${faults.join("\n  ")}`);
}

/** A key that is refused is refused for the next link, too, and so is what a Shlink that is away or broken was asked. */
const takesNone = ({ status }: HttpAnswer) => [0, 401, 403, 429].includes(status) || status >= 500;

/** Makes one link, with its rules; or says why not. */
async function importLink(ask: AskLinks, one: Link): Promise<string> {
  const { shortCode, meta, redirectRules, ...same } = one;
  const body = { ...withoutNull({ ...same, ...meta }), customSlug: shortCode };
  const made = await ask("/short-urls", { method: "POST", body });
  const isMade = made.status === 200 || made.status === 201;
  if (!isMade) {
    const { type = "" } = made.body as { type?: string };
    if (!/non-unique-slug|INVALID_SLUG/.test(type)) return refusalOf(made);
    const found = await ask(pathOf(one));
    const { longUrl, hasRedirectRules } = found.body as Partial<Link> & {
      hasRedirectRules?: boolean;
    };
    if (longUrl !== one.longUrl) return `${shortCode} leads elsewhere here, to ${longUrl}`;
    // Rules are given all at once: an interruption leaves none, and others are somebody's.
    if (hasRedirectRules === true) return "there";
  }
  if (redirectRules !== undefined) {
    const answer = await ask(pathOf(one, "/redirect-rules"), {
      method: "POST",
      body: { redirectRules },
    });
    if (answer.status !== 200) return `its redirect rules are refused: ${refusalOf(answer)}`;
  }
  return isMade ? "made" : "there";
}

const withoutNull = (fields: object) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
