import { invalidData, tagConflict, tagNotFound } from "./problems.ts";
import { textIn, type Fields } from "./query.ts";
import type { Body } from "./reader.ts";
import { limits, pageFrom, paginated, summary } from "./serialize.ts";
import type { Services } from "./services.ts";

const statistics = `SELECT t.name AS tag, count(DISTINCT s.id) AS short_urls, count(v.id) AS visits,
    count(v.id) FILTER (WHERE NOT v.potential_bot) AS non_bots
  FROM tags t LEFT JOIN short_urls_in_tags st ON st.tag_id = t.id
  LEFT JOIN short_urls s ON s.id = st.short_url_id LEFT JOIN visits v ON v.short_url_id = s.id
  WHERE t.name LIKE $1 GROUP BY t.name`;

const orderColumns: Record<string, string> = {
  tag: "tag",
  shortUrlsCount: "short_urls",
  visits: "visits",
  nonBotVisits: "non_bots",
};

async function readTags({ db }: Services, query: Fields, canOrder: boolean) {
  const [field = "", direction] = (textIn(query, "orderBy") ?? "").split("-");
  const column = (canOrder && orderColumns[field]) || "tag";
  const order = `${column} ${direction === "DESC" ? "DESC" : "ASC"}, tag`;
  const values = [`%${textIn(query, "searchTerm") ?? ""}%`];
  const page = pageFrom(query);
  const [counted] = await db.query("SELECT count(*) AS n FROM tags WHERE name LIKE $1", values);
  const rows = await db.query(`${statistics} ORDER BY ${order} ${limits(page)}`, values);
  return paginated(page, rows, Number(counted?.n));
}

export async function listTags(services: Services, query: Fields) {
  const { data, pagination } = await readTags(services, query, false);
  return { tags: { data: data.map(({ tag }) => tag), pagination } };
}

export async function tagStatistics(services: Services, query: Fields) {
  const { data, pagination } = await readTags(services, query, true);
  const shown = data.map((row) => ({
    tag: row.tag,
    shortUrlsCount: Number(row.short_urls),
    visitsSummary: summary(row.visits, row.non_bots),
  }));
  return { tags: { data: shown, pagination } };
}

export async function deleteTags({ db }: Services, query: Fields): Promise<void> {
  const names = Array.isArray(query.tags) ? query.tags : [];
  await db.query("DELETE FROM tags WHERE name = ANY($1)", [names]);
}

export async function renameTag({ db }: Services, body: Body): Promise<void> {
  const { oldName, newName } = body;
  if (typeof oldName !== "string" || typeof newName !== "string") {
    throw invalidData(["oldName", "newName"]);
  }
  const rows = await db.query("SELECT name FROM tags WHERE name IN ($1, $2)", [oldName, newName]);
  const exists = (name: string) => rows.some((row) => row.name === name);
  if (!exists(oldName)) throw tagNotFound(oldName);
  if (oldName !== newName && exists(newName)) throw tagConflict(oldName, newName);
  await db.query("UPDATE tags SET name = $2 WHERE name = $1", [oldName, newName]);
}
