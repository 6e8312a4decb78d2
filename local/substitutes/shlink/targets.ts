import { atomDate } from "./serialize.ts";
import type { Services } from "./services.ts";

/** What a redirect needs to know. */
export interface Target {
  id: number;
  domain: string | null;
  longUrl: string;
  validSince: string | null;
  validUntil: string | null;
  maxVisits: number | null;
  forwardQuery: boolean;
}

async function loadTargets({ db }: Services, shortCode: string): Promise<Target[]> {
  const rows = await db.query(
    `SELECT s.*, d.authority FROM short_urls s LEFT JOIN domains d ON d.id = s.domain_id
     WHERE s.short_code = $1`,
    [shortCode],
  );
  return rows.map((row) => ({
    id: Number(row.id),
    domain: row.authority as string | null,
    longUrl: String(row.original_url),
    validSince: atomDate(row.valid_since),
    validUntil: atomDate(row.valid_until),
    maxVisits: row.max_visits === null ? null : Number(row.max_visits),
    forwardQuery: row.forward_query === true,
  }));
}

/** Finds the short URL of that domain, else the one of the default domain, if it is in force. */
export async function resolveTarget(
  services: Services,
  shortCode: string,
  authority: string,
): Promise<Target | null> {
  const code = services.config.loose ? shortCode.toLowerCase() : shortCode;
  const targets = await loadTargets(services, code);
  const target =
    targets.find(({ domain }) => domain === authority) ??
    targets.find(({ domain }) => domain === null);
  if (target === undefined) return null;
  const now = Date.now();
  if (target.validSince !== null && Date.parse(target.validSince) > now) return null;
  if (target.validUntil !== null && Date.parse(target.validUntil) < now) return null;
  if (target.maxVisits === null) return target;
  const [row] = await services.db.query(
    "SELECT count(*) AS n FROM visits WHERE short_url_id = $1",
    [target.id],
  );
  return Number(row?.n) >= target.maxVisits ? null : target;
}

export async function crawlableCodes({ db }: Services): Promise<string[]> {
  const rows = await db.query(
    `SELECT DISTINCT short_code FROM short_urls
     WHERE crawlable AND domain_id IS NULL ORDER BY short_code`,
  );
  return rows.map((row) => String(row.short_code));
}
