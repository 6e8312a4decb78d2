import type { Fields } from "./query.ts";
import { Reader } from "./reader.ts";
import { limits, pageOf, paginated, type Page } from "./serialize.ts";
import type { Services } from "./services.ts";
import { present, selected } from "./short-urls.ts";
import { Where } from "./where.ts";

const orderColumns = {
  longUrl: "s.original_url",
  shortCode: "s.short_code",
  dateCreated: "s.date_created",
  title: "coalesce(s.title, '')",
  visits: "total",
  nonBotVisits: "non_bots",
} as const;

const modes = ["any", "all"] as const;
type Mode = (typeof modes)[number];

export interface ListFilter {
  searchTerm?: string | null;
  tags?: string[] | null;
  tagsMode?: Mode | null;
  excludeTags?: string[] | null;
  excludeTagsMode?: Mode | null;
  startDate?: Date | null;
  endDate?: Date | null;
  domain?: string | null;
  excludeMaxVisitsReached?: boolean | null;
  excludePastValidUntil?: boolean | null;
  apiKeyName?: string | null;
  order?: string | null;
}

function orderOf(reader: Reader) {
  return reader.read("orderBy", (value) => {
    const [field, direction = "ASC"] = typeof value === "string" ? value.split("-") : [];
    const column = orderColumns[field as keyof typeof orderColumns] as string | undefined;
    const isValid = column !== undefined && /^(ASC|DESC)$/.test(direction);
    return isValid ? `${column} ${direction}` : undefined;
  });
}

/** Reads what a list is asked for; every bad field is named. */
export function parseList(query: Fields): { filter: ListFilter; page: Page } {
  const reader = new Reader(query);
  const page = pageOf(reader.integer("page", 1) ?? null, reader.integer("itemsPerPage", -1) ?? 10);
  const filter = {
    searchTerm: reader.text("searchTerm"),
    tags: reader.tags("tags"),
    tagsMode: reader.oneOf("tagsMode", modes),
    excludeTags: reader.tags("excludeTags"),
    excludeTagsMode: reader.oneOf("excludeTagsMode", modes),
    startDate: reader.date("startDate", true),
    endDate: reader.date("endDate", true),
    domain: reader.text("domain"),
    excludeMaxVisitsReached: reader.boolean("excludeMaxVisitsReached"),
    excludePastValidUntil: reader.boolean("excludePastValidUntil"),
    apiKeyName: reader.text("apiKeyName"),
    order: orderOf(reader),
  };
  reader.check();
  return { filter, page };
}

const taggedWith = "SELECT count(*) FROM short_urls_in_tags st JOIN tags t ON t.id = st.tag_id";
const tagCondition = (mode: Mode | null | undefined) =>
  `(${taggedWith} WHERE st.short_url_id = s.id AND t.name = ANY(?)) >= ${mode === "all" ? "?" : "least(?, 1)"}`;

function addTags(where: Where, filter: ListFilter): void {
  const { tags, tagsMode, excludeTags, excludeTagsMode } = filter;
  if (tags != null && tags.length > 0) where.add(tagCondition(tagsMode), tags, tags.length);
  if (excludeTags != null && excludeTags.length > 0) {
    where.add(`NOT ${tagCondition(excludeTagsMode)}`, excludeTags, excludeTags.length);
  }
}

const searched = ["s.original_url", "s.short_code", "s.title", "d.authority"];
const tagSearched = `EXISTS (${taggedWith.replace("count(*)", "1")}
  WHERE st.short_url_id = s.id AND t.name LIKE ?)`;

function addSearch(where: Where, { searchTerm, domain }: ListFilter, defaultDomain: string): void {
  if (searchTerm == null || searchTerm === "") return;
  const pattern = `%${searchTerm}%`;
  const isDefault = defaultDomain.toLowerCase().includes(searchTerm.toLowerCase());
  const conditions = [
    ...searched.map((column) => `${column} LIKE ?`),
    tagSearched,
    ...(isDefault && domain == null ? ["s.domain_id IS NULL"] : []),
  ];
  where.add(conditions.join(" OR "), ...Array<string>(searched.length + 1).fill(pattern));
}

/** Adds "of that domain"; the word DEFAULT means the one without a row. */
export function addDomain(where: Where, domain: string | null | undefined): void {
  if (domain === "DEFAULT") where.add("s.domain_id IS NULL");
  else where.addGiven("d.authority = ?", domain);
}

export async function listShortUrls({ config, db }: Services, filter: ListFilter, page: Page) {
  const where = new Where();
  addSearch(where, filter, config.defaultDomain);
  addTags(where, filter);
  addDomain(where, filter.domain);
  where.addGiven("s.date_created >= ?", filter.startDate);
  where.addGiven("s.date_created <= ?", filter.endDate);
  where.addGiven(
    "EXISTS (SELECT 1 FROM api_keys a WHERE a.id = s.author_api_key_id AND a.name = ?)",
    filter.apiKeyName,
  );
  if (filter.excludeMaxVisitsReached === true) {
    where.add(
      "s.max_visits IS NULL OR s.max_visits > (SELECT count(*) FROM visits v WHERE v.short_url_id = s.id)",
    );
  }
  if (filter.excludePastValidUntil === true) {
    where.add("s.valid_until IS NULL OR s.valid_until >= ?", new Date());
  }
  const [counted] = await db.query(
    `SELECT count(*) AS n FROM short_urls s LEFT JOIN domains d ON d.id = s.domain_id ${where.sql}`,
    where.values,
  );
  const rows = await db.query(
    `${selected} ${where.sql} ORDER BY ${filter.order ?? "s.date_created DESC"}, s.id DESC ${limits(page)}`,
    where.values,
  );
  return paginated(
    page,
    rows.map((row) => present(config, row)),
    Number(counted?.n),
  );
}
