import type { Row } from "./database.ts";
import { isAuthority } from "./input.ts";
import { Reader, type Body } from "./reader.ts";
import type { Services } from "./services.ts";
import { idOf } from "./short-urls.ts";
import type { OrphanType } from "./visits.ts";

const columns = {
  baseUrlRedirect: "base_url_redirect",
  regular404Redirect: "regular_not_found_redirect",
  invalidShortUrlRedirect: "invalid_short_url_redirect",
} as const;

const presentRedirects = (row: Row | undefined) =>
  Object.fromEntries(
    Object.entries(columns).map(([field, column]) => [field, row?.[column] ?? null]),
  );

export async function listDomains({ config, db }: Services) {
  const rows = await db.query(
    `SELECT d.* FROM domains d WHERE EXISTS (SELECT 1 FROM short_urls s WHERE s.domain_id = d.id)
       OR ${Object.values(columns)
         .map((column) => `d.${column} IS NOT NULL`)
         .join(" OR ")} ORDER BY d.authority`,
  );
  const present = (domain: string, row: Row | undefined) => ({
    domain,
    isDefault: domain === config.defaultDomain,
    redirects: presentRedirects(row),
  });
  const isDefault = (row: Row) => row.authority === config.defaultDomain;
  const others = rows.filter((row) => !isDefault(row));
  const { baseUrl, regular404, invalidShortUrl } = config.notFoundRedirects;
  return {
    domains: {
      data: [
        present(config.defaultDomain, rows.find(isDefault)),
        ...others.map((row) => present(String(row.authority), row)),
      ],
      defaultRedirects: {
        baseUrlRedirect: baseUrl,
        regular404Redirect: regular404,
        invalidShortUrlRedirect: invalidShortUrl,
      },
    },
  };
}

/** Changes where a domain sends visitors who find nothing; what is not mentioned stays. */
export async function editDomainRedirects(services: Services, body: Body) {
  const reader = new Reader(body);
  const domain = reader.text("domain", isAuthority);
  if (domain == null && !reader.invalid.includes("domain")) reader.invalid.push("domain");
  const fields = Object.keys(columns) as (keyof typeof columns)[];
  const given = fields.filter((field) => field in body);
  const values = new Map(given.map((field) => [field, reader.text(field)]));
  reader.check();
  const { db } = services;
  const id = await idOf(services, "domains", "authority", domain ?? "");
  for (const [field, value] of values) {
    await db.query(`UPDATE domains SET ${columns[field]} = $2 WHERE id = $1`, [id, value ?? null]);
  }
  const [row] = await db.query("SELECT * FROM domains WHERE id = $1", [id]);
  return presentRedirects(row);
}

const columnFor: Record<OrphanType, string> = {
  base_url: columns.baseUrlRedirect,
  regular_404: columns.regular404Redirect,
  invalid_short_url: columns.invalidShortUrlRedirect,
};

/** Says where this domain sends a visitor who finds nothing, or null. */
export async function domainRedirect(
  { db }: Services,
  authority: string,
  type: OrphanType,
): Promise<string | null> {
  const [row] = await db.query("SELECT * FROM domains WHERE authority = $1", [authority]);
  return (row?.[columnFor[type]] as string | null | undefined) ?? null;
}
