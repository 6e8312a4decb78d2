import { randomInt } from "node:crypto";
import type { Config } from "./config.ts";
import type { Row } from "./database.ts";
import type { ShortUrlCreation, ShortUrlEdit } from "./input.ts";
import { shortUrlNotFound, slugInUse, tooManyVisits } from "./problems.ts";
import { atomDate, summary } from "./serialize.ts";
import { hasUrlHashes, urlHash } from "./schema.ts";
import type { Services } from "./services.ts";

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

function randomCode(length: number, loose: boolean): string {
  const size = loose ? 36 : alphabet.length;
  return Array.from({ length }, () => alphabet.charAt(randomInt(size))).join("");
}

/** Everything that a short URL is shown with. */
export const selected = `SELECT s.*, d.authority,
  (SELECT count(*) FROM visits v WHERE v.short_url_id = s.id) AS total,
  (SELECT count(*) FROM visits v WHERE v.short_url_id = s.id AND NOT v.potential_bot) AS non_bots,
  ARRAY(SELECT t.name FROM tags t JOIN short_urls_in_tags st ON st.tag_id = t.id
        WHERE st.short_url_id = s.id) AS tags,
  EXISTS (SELECT 1 FROM short_url_redirect_rules r WHERE r.short_url_id = s.id) AS has_rules
  FROM short_urls s LEFT JOIN domains d ON d.id = s.domain_id`;

export function present(config: Config, row: Row) {
  const domain = row.authority as string | null;
  const host = (domain ?? config.defaultDomain).toLowerCase();
  return {
    shortUrl: `${config.scheme}://${host}${config.basePath}/${String(row.short_code)}`,
    shortCode: row.short_code,
    longUrl: row.original_url,
    dateCreated: atomDate(row.date_created),
    tags: row.tags,
    meta: {
      validSince: atomDate(row.valid_since),
      validUntil: atomDate(row.valid_until),
      maxVisits: row.max_visits,
    },
    domain,
    title: row.title,
    crawlable: row.crawlable,
    forwardQuery: row.forward_query,
    visitsSummary: summary(row.total, row.non_bots),
    hasRedirectRules: row.has_rules === true,
  };
}

export async function findRow(services: Services, shortCode: string, domain: string | null) {
  const given = domain === services.config.defaultDomain ? null : domain;
  const [row] = await services.db.query(
    `${selected} WHERE s.short_code = $1 AND d.authority IS NOT DISTINCT FROM $2 LIMIT 1`,
    [shortCode, given],
  );
  if (row === undefined) throw shortUrlNotFound(shortCode, given);
  return row;
}

export async function getShortUrl(services: Services, shortCode: string, domain: string | null) {
  return present(services.config, await findRow(services, shortCode, domain));
}

/** Finds or makes a row by a unique column, one maker at a time among all replicas. */
export async function idOf(
  { db, locks }: Services,
  table: "tags" | "domains",
  column: "name" | "authority",
  value: string,
): Promise<unknown> {
  const prefix = table === "tags" ? "tag" : "domain";
  return locks.hold(`${prefix}_${value}`, 5, async () => {
    const [found] = await db.query(`SELECT id FROM ${table} WHERE ${column} = $1`, [value]);
    if (found !== undefined) return found.id;
    const [made] = await db.query(`INSERT INTO ${table} (${column}) VALUES ($1) RETURNING id`, [
      value,
    ]);
    return made?.id;
  });
}

async function setTags(services: Services, id: unknown, tags: string[]): Promise<void> {
  const { db } = services;
  await db.query("DELETE FROM short_urls_in_tags WHERE short_url_id = $1", [id]);
  for (const tag of tags) {
    const tagId = await idOf(services, "tags", "name", tag);
    await db.query("INSERT INTO short_urls_in_tags VALUES ($1, $2)", [id, tagId]);
  }
}

async function findMatching({ config, db }: Services, wanted: ShortUrlCreation) {
  if (!wanted.findIfExists) return null;
  const target = hasUrlHashes(config.version)
    ? `s.long_url_hash = ${urlHash("$1")}`
    : "s.original_url = $1";
  const rows = await db.query(
    `${selected} WHERE ${target} AND ($2::text IS NULL OR s.short_code = $2)
       AND ($3::int IS NULL OR s.max_visits = $3)
       AND ($4::timestamp IS NULL OR s.valid_since = $4)
       AND ($5::timestamp IS NULL OR s.valid_until = $5)
       AND ($6::text IS NULL OR d.authority = $6) ORDER BY s.id`,
    [
      wanted.longUrl,
      wanted.customSlug,
      wanted.maxVisits ?? null,
      wanted.validSince ?? null,
      wanted.validUntil ?? null,
      wanted.domain,
    ],
  );
  const tags = [...(wanted.tags ?? [])].toSorted().join();
  const same = rows.find((row) => tags === "" || (row.tags as string[]).toSorted().join() === tags);
  return same === undefined ? null : present(config, same);
}

async function freeCode({ config, db }: Services, wanted: ShortUrlCreation, domainId: unknown) {
  for (;;) {
    const code = wanted.customSlug ?? randomCode(wanted.shortCodeLength, config.loose);
    const shortCode = `${wanted.pathPrefix}${code}`;
    const [taken] = await db.query(
      `SELECT id FROM short_urls
       WHERE short_code = $1 AND domain_id IS NOT DISTINCT FROM $2 FOR UPDATE`,
      [shortCode, domainId],
    );
    if (taken === undefined) return shortCode;
    if (wanted.customSlug !== null) throw slugInUse(shortCode, wanted.domain);
  }
}

export async function createShortUrl(
  services: Services,
  wanted: ShortUrlCreation,
  authorId: number | null,
) {
  const { db, config } = services;
  const hash = hasUrlHashes(config.version) ? [", long_url_hash", `, ${urlHash("$1")}`] : ["", ""];
  const existing = await findMatching(services, wanted);
  if (existing !== null) return existing;
  const shortCode = await db.transaction(async () => {
    const { domain } = wanted;
    const domainId = domain === null ? null : await idOf(services, "domains", "authority", domain);
    const code = await freeCode(services, wanted, domainId);
    const [row] = await db.query(
      `INSERT INTO short_urls (original_url, short_code, date_created, valid_since, valid_until,
         max_visits, title, crawlable, forward_query, domain_id, author_api_key_id${hash[0]})
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11${hash[1]}) RETURNING id`,
      [
        wanted.longUrl,
        code,
        new Date(),
        wanted.validSince ?? null,
        wanted.validUntil ?? null,
        wanted.maxVisits ?? null,
        wanted.title ?? null,
        wanted.crawlable ?? false,
        wanted.forwardQuery ?? true,
        domainId,
        authorId,
      ],
    );
    await setTags(services, row?.id, wanted.tags ?? []);
    return code;
  });
  return getShortUrl(services, shortCode, wanted.domain);
}

const editable = {
  longUrl: "original_url",
  validSince: "valid_since",
  validUntil: "valid_until",
  maxVisits: "max_visits",
  title: "title",
  crawlable: "crawlable",
  forwardQuery: "forward_query",
} as const;

export async function editShortUrl(
  services: Services,
  shortCode: string,
  domain: string | null,
  edit: ShortUrlEdit,
) {
  const { db, config } = services;
  const { id } = await findRow(services, shortCode, domain);
  await db.transaction(async () => {
    for (const [field, column] of Object.entries(editable)) {
      const value = edit[field as keyof typeof editable];
      if (value === undefined) continue;
      await db.query(`UPDATE short_urls SET ${column} = $2 WHERE id = $1`, [id, value]);
    }
    if (edit.longUrl !== undefined && hasUrlHashes(config.version))
      await db.query(
        `UPDATE short_urls SET long_url_hash = ${urlHash("original_url")} WHERE id = $1`,
        [id],
      );
    if (edit.tags !== undefined) await setTags(services, id, edit.tags);
  });
  return getShortUrl(services, shortCode, domain);
}

export async function deleteShortUrl(
  services: Services,
  shortCode: string,
  domain: string | null,
): Promise<void> {
  const { config, db } = services;
  const { id, total } = await findRow(services, shortCode, domain);
  const threshold = config.deleteThreshold;
  if (threshold !== null && Number(total) >= threshold) throw tooManyVisits(shortCode, threshold);
  await db.query("DELETE FROM short_urls WHERE id = $1", [id]);
}
