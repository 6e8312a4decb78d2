import type { Report } from "../command.ts";
import { type AskLinks, type Link, link, pathOf, refusalOf } from "./link.ts";

const perPage = 100;

interface Page {
  shortUrls?: {
    data: (Record<string, unknown> & { hasRedirectRules?: boolean })[];
    pagination: { pagesCount: number; totalItems: number };
  };
}

/**
 * Reads all links, the oldest first, so that those that are made meanwhile come last; each as a line of JSON.
 * @throws Error with a sentence where Shlink refuses.
 */
export async function* exportLinks(ask: AskLinks, report: Report): AsyncGenerator<string> {
  let count = 0;
  for (let page = 1, pages = 1; page <= pages; page++) {
    const path = `/short-urls?page=${page}&itemsPerPage=${perPage}&orderBy=dateCreated-ASC`;
    const { shortUrls } = (await must(ask, path)) as Page;
    if (shortUrls === undefined)
      throw new Error("This is no answer of Shlink's REST API, version 3.");
    pages = shortUrls.pagination.pagesCount;
    for (const one of shortUrls.data) yield `${JSON.stringify(await withRules(ask, one))}\n`;
    count += shortUrls.data.length;
    report(`${count} of ${shortUrls.pagination.totalItems} links`);
  }
}

async function withRules(
  ask: AskLinks,
  { hasRedirectRules, ...listed }: Record<string, unknown> & { hasRedirectRules?: boolean },
): Promise<Link> {
  const known = link.parse(listed);
  if (hasRedirectRules !== true) return known;
  const { redirectRules } = await must(ask, pathOf(known, "/redirect-rules"));
  return link.parse({ ...known, redirectRules });
}

async function must(ask: AskLinks, path: string) {
  const answer = await ask(path);
  if (answer.status !== 200) throw new Error(`The links cannot be read: ${refusalOf(answer)}.`);
  return answer.body;
}
