import type { Row } from "./database.ts";
import { domainNotFound, invalidData, tagNotFound } from "./problems.ts";
import { textIn, type Fields } from "./query.ts";
import { atomDate, limits, pageFrom, paginated, summary } from "./serialize.ts";
import type { Services } from "./services.ts";
import { addDomain } from "./short-url-list.ts";
import { findRow } from "./short-urls.ts";
import { orphanTypes, type OrphanType } from "./visits.ts";
import { Where } from "./where.ts";

function presentVisit(row: Row) {
  return {
    referer: row.referer,
    date: atomDate(row.date),
    userAgent: row.user_agent,
    visitLocation: null,
    potentialBot: row.potential_bot,
    visitedUrl: row.visited_url,
    redirectUrl: row.redirect_url,
    ...(row.short_url_id === null ? { type: row.type } : {}),
  };
}

function dateIn(query: Fields, name: string): Date | null {
  const text = textIn(query, name);
  if (text === null || text === "") return null;
  const date = new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00` : text);
  // Nothing in Shlink catches this.
  if (Number.isNaN(date.getTime())) throw new Error(`Could not parse "${text}" as a date`);
  return date;
}

async function list({ db }: Services, query: Fields, where: Where) {
  where.addGiven("v.date >= ?", dateIn(query, "startDate"));
  where.addGiven("v.date <= ?", dateIn(query, "endDate"));
  if (query.excludeBots !== undefined) where.add("NOT v.potential_bot");
  const page = pageFrom(query);
  const from = `FROM visits v LEFT JOIN short_urls s ON s.id = v.short_url_id
    LEFT JOIN domains d ON d.id = s.domain_id ${where.sql}`;
  const [counted] = await db.query(`SELECT count(*) AS n ${from}`, where.values);
  const rows = await db.query(
    `SELECT v.* ${from} ORDER BY v.id DESC ${limits(page)}`,
    where.values,
  );
  return { visits: paginated(page, rows.map(presentVisit), Number(counted?.n)) };
}

export async function shortUrlVisits(
  services: Services,
  shortCode: string,
  domain: string | null,
  query: Fields,
) {
  const { id } = await findRow(services, shortCode, domain);
  const where = new Where();
  where.add("v.short_url_id = ?", id);
  return list(services, query, where);
}

export async function tagVisits(services: Services, tag: string, query: Fields) {
  const [found] = await services.db.query("SELECT id FROM tags WHERE name = $1", [tag]);
  if (found === undefined) throw tagNotFound(tag);
  const where = new Where();
  where.add("s.id IN (SELECT short_url_id FROM short_urls_in_tags WHERE tag_id = ?)", found.id);
  addDomain(where, textIn(query, "domain"));
  return list(services, query, where);
}

export async function domainVisits(services: Services, authority: string, query: Fields) {
  const { config, db } = services;
  const wanted = authority === config.defaultDomain ? "DEFAULT" : authority;
  const [found] = await db.query("SELECT id FROM domains WHERE authority = $1", [wanted]);
  if (wanted !== "DEFAULT" && found === undefined) throw domainNotFound(wanted);
  const where = new Where();
  where.add("s.id IS NOT NULL");
  addDomain(where, wanted);
  return list(services, query, where);
}

export function nonOrphanVisits(services: Services, query: Fields) {
  const where = new Where();
  where.add("v.short_url_id IS NOT NULL");
  addDomain(where, textIn(query, "domain"));
  return list(services, query, where);
}

export function orphanVisits(services: Services, query: Fields) {
  const where = new Where();
  where.add("v.short_url_id IS NULL");
  const type = textIn(query, "type");
  if (type !== null && !orphanTypes.includes(type as OrphanType)) throw invalidData(["type"]);
  where.addGiven("v.type = ?", type);
  const domain = textIn(query, "domain");
  const host = domain === "DEFAULT" ? services.config.defaultDomain : domain;
  if (host !== null) where.add("v.visited_url LIKE ?", `%${host}%`);
  return list(services, query, where);
}

export async function visitsOverview({ db }: Services) {
  const rows = await db.query(
    `SELECT short_url_id IS NULL AS orphan, count(*) AS total,
       count(*) FILTER (WHERE NOT potential_bot) AS non_bots FROM visits GROUP BY 1`,
  );
  const of = (orphan: boolean) => {
    const row = rows.find((candidate) => candidate.orphan === orphan);
    return summary(row?.total, row?.non_bots);
  };
  return { visits: { nonOrphanVisits: of(false), orphanVisits: of(true) } };
}

async function deleteVisits(
  { db }: Services,
  counts: string,
  condition: string,
  values: unknown[],
) {
  return db.transaction(async () => {
    await db.query(`DELETE FROM ${counts}`, values);
    const deleted = await db.query(`DELETE FROM visits WHERE ${condition} RETURNING id`, values);
    return { deletedVisits: deleted.length };
  });
}

export async function deleteShortUrlVisits(
  services: Services,
  shortCode: string,
  domain: string | null,
) {
  const { id } = await findRow(services, shortCode, domain);
  const condition = "short_url_id = $1";
  return deleteVisits(services, `short_url_visits_counts WHERE ${condition}`, condition, [id]);
}

export const deleteOrphanVisits = (services: Services) =>
  deleteVisits(services, "orphan_visits_counts", "short_url_id IS NULL", []);
