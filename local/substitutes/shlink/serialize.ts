export interface Page {
  number: number;
  /** Null is everything. */
  itemsPerPage: number | null;
  offset: number;
}

export function pageFrom(query: URLSearchParams, defaultItems: number | null): Page {
  const number = Math.max(Number(query.get("page") ?? 1) || 1, 1);
  const asked = query.get("itemsPerPage");
  const items = asked === null ? defaultItems : Number(asked);
  const itemsPerPage = items === null || Number.isNaN(items) || items < 0 ? null : items;
  return { number, itemsPerPage, offset: itemsPerPage === null ? 0 : (number - 1) * itemsPerPage };
}

export function pagination(page: Page, itemsInCurrentPage: number, totalItems: number) {
  const itemsPerPage = page.itemsPerPage ?? totalItems;
  return {
    currentPage: page.number,
    pagesCount: Math.max(Math.ceil(totalItems / (itemsPerPage || 1)), 1),
    itemsPerPage,
    itemsInCurrentPage,
    totalItems,
  };
}

const two = (value: number) => String(value).padStart(2, "0");

/** ISO 8601 in the process's time zone with its offset, as PHP's DATE_ATOM. */
export function atomDate(value: unknown): string | null {
  if (!(value instanceof Date)) return null;
  const offset = -value.getTimezoneOffset();
  const sign = offset < 0 ? "-" : "+";
  const zone = `${sign}${two(Math.trunc(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  const day = `${value.getFullYear()}-${two(value.getMonth() + 1)}-${two(value.getDate())}`;
  const time = `${two(value.getHours())}:${two(value.getMinutes())}:${two(value.getSeconds())}`;
  return `${day}T${time}${zone}`;
}
