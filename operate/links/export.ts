import type { z } from "zod";
import type { Report } from "../../effects/command.ts";
import { type AskLinks, faultOf, type Link, link, page, pathOf, refusalOf } from "./link.ts";

const perPage = 100;

/**
 * Reads all links, the oldest first, so that those that are made meanwhile come last; each as a line of JSON.
 * @throws Error with a sentence where Shlink refuses, or answers otherwise than Shlink does.
 */
export async function* exportLinks(ask: AskLinks, report: Report): AsyncGenerator<string> {
  let count = 0;
  for (let number = 1, pages = 1; number <= pages; number++) {
    const path = `/short-urls?page=${number}&itemsPerPage=${perPage}&orderBy=dateCreated-ASC`;
    const { shortUrls } = understood(page, await must(ask, path), `page ${number}`);
    pages = shortUrls.pagination.pagesCount;
    for (const [index, one] of shortUrls.data.entries()) {
      const where = `link ${index + 1} of page ${number}`;
      yield `${JSON.stringify(await withRules(ask, one, where))}\n`;
    }
    count += shortUrls.data.length;
    report(`${count} of ${shortUrls.pagination.totalItems} links`);
  }
}

type Listed = z.infer<typeof page>["shortUrls"]["data"][number];

async function withRules(
  ask: AskLinks,
  { hasRedirectRules, ...listed }: Listed,
  where: string,
): Promise<Link> {
  const known = understood(link, listed, where);
  if (hasRedirectRules !== true) return known;
  const { redirectRules } = await must(ask, pathOf(known, "/redirect-rules"));
  return understood(link, { ...known, redirectRules }, `${where}, ${known.shortCode}`);
}

function understood<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(
    `The links cannot be read: this is no answer of Shlink's REST API, version 3 (${where}, ${faultOf(parsed.error)}).`,
  );
}

async function must(ask: AskLinks, path: string) {
  const answer = await ask(path);
  if (answer.status !== 200) throw new Error(`The links cannot be read: ${refusalOf(answer)}.`);
  return answer.body;
}
