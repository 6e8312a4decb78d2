import { textIn, type Fields } from "./query.ts";

export interface Page {
  number: number;
  /** The size of a page; null means that everything is on one. */
  itemsPerPage: number | null;
}

/** Makes of any numbers a page that can be shown. */
export const pageOf = (number: number | null, items: number | null): Page => ({
  number: number === null || number < 1 ? 1 : Math.trunc(number),
  itemsPerPage: items === null || items < 1 ? null : Math.trunc(items),
});

/** Reads a page as lists of visits and tags do: what is no number counts as zero. */
export function pageFrom(query: Fields): Page {
  const number = (name: string) => {
    const text = textIn(query, name);
    return text === null ? null : Number.parseInt(text, 10) || 0;
  };
  return pageOf(number("page"), number("itemsPerPage"));
}

export const limits = ({ number, itemsPerPage }: Page) =>
  itemsPerPage === null ? "" : `LIMIT ${itemsPerPage} OFFSET ${(number - 1) * itemsPerPage}`;

/** Describes a page; one past the end fails, as it does in Shlink. */
export function paginated<T>(page: Page, data: T[], totalItems: number) {
  const itemsPerPage = page.itemsPerPage ?? Math.max(totalItems, 1);
  const pagesCount = Math.max(Math.ceil(totalItems / itemsPerPage), 1);
  if (page.number > pagesCount) {
    throw new Error(
      `Page "${page.number}" does not exist. The currentPage must be inferior to "${pagesCount}"`,
    );
  }
  return {
    data,
    pagination: {
      currentPage: page.number,
      pagesCount,
      itemsPerPage,
      itemsInCurrentPage: data.length,
      totalItems,
    },
  };
}

/** Counts visits as Shlink shows them. */
export function summary(total: unknown, nonBots: unknown) {
  const all = Number(total ?? 0);
  const people = Number(nonBots ?? 0);
  return { total: all, nonBots: people, bots: all - people };
}

const two = (value: number) => String(value).padStart(2, "0");

/** Writes ISO 8601 in the process's time zone with its offset, as PHP's DATE_ATOM. */
export function atomDate(value: unknown): string | null {
  if (!(value instanceof Date)) return null;
  const offset = -value.getTimezoneOffset();
  const sign = offset < 0 ? "-" : "+";
  const zone = `${sign}${two(Math.trunc(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  const day = `${value.getFullYear()}-${two(value.getMonth() + 1)}-${two(value.getDate())}`;
  const time = `${two(value.getHours())}:${two(value.getMinutes())}:${two(value.getSeconds())}`;
  return `${day}T${time}${zone}`;
}
