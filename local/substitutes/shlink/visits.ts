import { isIPv4 } from "node:net";
import type { Config } from "./config.ts";
import type { Database } from "./database.ts";
import type { Services } from "./services.ts";

export const orphanTypes = ["base_url", "invalid_short_url", "regular_404"] as const;
export type OrphanType = (typeof orphanTypes)[number];

export interface Visitor {
  userAgent: string;
  referer: string;
  remoteAddress: string | null;
  visitedUrl: string;
  redirectUrl: string | null;
}

// A crude stand-in for the crawler list that Shlink carries.
const crawler = /bot|crawl|spider|slurp|curl|wget|facebook|preview|python|go-http-client/i;

/** Takes the last part off an address before it is stored, unless that was switched off. */
export function anonymize(address: string): string | null {
  if (address === "127.0.0.1") return address;
  // Shlink knows how to do it for IPv4 only and stores nothing for the rest.
  return isIPv4(address) ? address.replace(/\d+$/, "0") : null;
}

function storedAddress({ tracking }: Config, address: string | null): string | null {
  if (address === null || tracking.withoutIp) return null;
  return tracking.anonymize ? anonymize(address) : address;
}

async function increment(db: Database, bot: boolean, shortUrlId: number | null): Promise<void> {
  const [table, columns, values, conflict] =
    shortUrlId === null
      ? ["orphan_visits_counts", "", "", ""]
      : ["short_url_visits_counts", "short_url_id, ", "$2, ", "short_url_id, "];
  await db.query(
    `INSERT INTO ${table} (${columns}potential_bot, slot_id, count)
     VALUES (${values}$1, (random() * 100)::int, 1)
     ON CONFLICT (${conflict}potential_bot, slot_id) DO UPDATE SET count = ${table}.count + 1`,
    shortUrlId === null ? [bot] : [bot, shortUrlId],
  );
}

/** Writes a visit before the answer goes out, with its counter, in one transaction. */
export async function trackVisit(
  { config, db }: Services,
  visitor: Visitor,
  target: { id: number } | OrphanType,
): Promise<void> {
  const { tracking } = config;
  const isOrphan = typeof target === "string";
  if (tracking.disabled || (isOrphan && !tracking.orphans)) return;
  const bot = crawler.test(visitor.userAgent);
  const shortUrlId = isOrphan ? null : target.id;
  await db.transaction(async () => {
    await db.query(
      `INSERT INTO visits (referer, date, remote_addr, user_agent, visited_url, redirect_url, type,
         potential_bot, short_url_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        tracking.withoutReferrer ? "" : visitor.referer.slice(0, 1024),
        new Date(),
        storedAddress(config, visitor.remoteAddress),
        tracking.withoutUserAgent ? "" : visitor.userAgent.slice(0, 512),
        visitor.visitedUrl.slice(0, 2048),
        visitor.redirectUrl?.slice(0, 2048) ?? null,
        isOrphan ? target : "valid_short_url",
        bot,
        shortUrlId,
      ],
    );
    await increment(db, bot, shortUrlId);
  });
}
