import { isIPv4 } from "node:net";
import { addressMatches } from "./client-ip.ts";
import type { Row } from "./database.ts";
import type { Request } from "./http.ts";
import { isLongUrl } from "./input.ts";
import { invalidData } from "./problems.ts";
import { clean, type Body } from "./reader.ts";
import type { Services } from "./services.ts";
import { findRow } from "./short-urls.ts";

interface Condition {
  type: string;
  matchKey: string | null;
  matchValue: string | null;
}

interface Rule {
  longUrl: string;
  conditions: Condition[];
}

const platforms: [RegExp, string[]][] = [
  [/iPhone|iPad/, ["ios", "mobile"]],
  [/Android/, ["android", "mobile"]],
  [/CrOS/, ["chromeos", "desktop"]],
  [/Windows/, ["windows", "desktop"]],
  [/Macintosh/, ["macos", "desktop"]],
  [/Linux/, ["linux", "desktop"]],
];
const devices = new Set(platforms.flatMap(([, names]) => names));

function acceptsLanguage(header: string, wanted: string): boolean {
  const normal = (text: string) => text.replaceAll("_", "-").trim().toLowerCase();
  const [language, country] = normal(wanted).split("-");
  return header.split(",").some((part) => {
    const [locale = "", quality] = part.split(";");
    if (Number(/q=([\d.]+)/.exec(quality ?? "")?.[1] ?? 1) < 0.9) return false;
    const [accepted, acceptedCountry] = normal(locale).split("-");
    return accepted === language && (country === undefined || country === acceptedCountry);
  });
}

type Test = (request: Request, value: string, key: string) => boolean;

/** Says for each type of condition whether a request meets it; nothing here knows where a visitor is. */
const tests: Record<string, Test> = {
  device: ({ headers }, value) => {
    const agent = headers["user-agent"] ?? "";
    const found = platforms.find(([pattern]) => pattern.test(agent));
    return found?.[1].includes(value) ?? false;
  },
  language: ({ headers }, value) => acceptsLanguage(headers["accept-language"] ?? "", value),
  "query-param": ({ query }, value, key) => query[key] === value,
  "any-value-query-param": ({ query }, _, key) => query[key] !== undefined,
  "valueless-query-param": ({ query }, _, key) => query[key] === "",
  "ip-address": ({ remoteAddress }, value) =>
    remoteAddress !== null && addressMatches(remoteAddress, value),
  "geolocation-country-code": () => false,
  "geolocation-city-name": () => false,
};

function isValidValue(type: string, value: string): boolean {
  if (type === "device") return devices.has(value);
  if (type === "geolocation-country-code") return /^[A-Z]{2}$/.test(value);
  return type !== "ip-address" || isIPv4(value.split("/")[0]?.replaceAll("*", "0") ?? "");
}

function parseCondition(raw: unknown): Condition {
  const { type, matchKey, matchValue } = (raw ?? {}) as Body;
  const isKnown = typeof type === "string" && tests[type] !== undefined;
  if (!isKnown || matchKey === undefined || matchValue === undefined) {
    throw invalidData(["redirectRules"]);
  }
  const value = clean(matchValue) ?? null;
  if (value !== null && value !== "" && !isValidValue(type, value)) {
    throw invalidData(["redirectRules"]);
  }
  return { type, matchKey: clean(matchKey) ?? null, matchValue: value };
}

function parseRules({ redirectRules = [] }: Body): Rule[] {
  if (!Array.isArray(redirectRules)) throw invalidData(["redirectRules"]);
  return redirectRules.map((raw: unknown) => {
    const { longUrl, conditions } = (raw ?? {}) as Body;
    const url = clean(longUrl);
    const isValid = url !== undefined && isLongUrl(url);
    if (!isValid || !Array.isArray(conditions) || conditions.length === 0) {
      throw invalidData(["redirectRules"]);
    }
    return { longUrl: url, conditions: conditions.map(parseCondition) };
  });
}

/** Reads the rules of a short URL in their order. */
async function loadRules({ db }: Services, shortUrlId: unknown): Promise<Rule[]> {
  const rows = await db.query(
    `SELECT r.id, r.long_url, c.type, c.match_key, c.match_value FROM short_url_redirect_rules r
     LEFT JOIN redirect_conditions_in_short_url_redirect_rules j
       ON j.short_url_redirect_rule_id = r.id
     LEFT JOIN redirect_conditions c ON c.id = j.redirect_condition_id
     WHERE r.short_url_id = $1 ORDER BY r.priority, c.id`,
    [shortUrlId],
  );
  return [...Map.groupBy(rows, (row) => row.id).values()].map((own) => ({
    longUrl: String(own[0]?.long_url),
    conditions: own.filter((row) => row.type !== null).map(presentCondition),
  }));
}

const presentCondition = (row: Row): Condition => ({
  type: String(row.type),
  matchKey: row.match_key as string | null,
  matchValue: row.match_value as string | null,
});

const presentRules = (longUrl: unknown, rules: Rule[]) => ({
  defaultLongUrl: longUrl,
  redirectRules: rules.map((rule, index) => ({
    longUrl: rule.longUrl,
    priority: index + 1,
    conditions: rule.conditions,
  })),
});

export async function listRules(services: Services, shortCode: string, domain: string | null) {
  const row = await findRow(services, shortCode, domain);
  return presentRules(row.original_url, await loadRules(services, row.id));
}

async function insertRule({ db }: Services, shortUrlId: unknown, rule: Rule, priority: number) {
  const [made] = await db.query(
    `INSERT INTO short_url_redirect_rules (priority, long_url, short_url_id)
     VALUES ($1, $2, $3) RETURNING id`,
    [priority, rule.longUrl, shortUrlId],
  );
  for (const { type, matchKey, matchValue } of rule.conditions) {
    await db.query(
      `WITH made AS (INSERT INTO redirect_conditions (type, match_key, match_value)
         VALUES ($1, $2, $3) RETURNING id)
       INSERT INTO redirect_conditions_in_short_url_redirect_rules
         (short_url_redirect_rule_id, redirect_condition_id) SELECT $4, id FROM made`,
      [type, matchKey, matchValue, made?.id],
    );
  }
}

/** Replaces all rules of a short URL. */
export async function setRules(
  services: Services,
  shortCode: string,
  domain: string | null,
  body: Body,
) {
  const { db } = services;
  const row = await findRow(services, shortCode, domain);
  const rules = parseRules(body);
  await db.transaction(async () => {
    await db.query(
      `DELETE FROM redirect_conditions WHERE id IN (SELECT j.redirect_condition_id
         FROM redirect_conditions_in_short_url_redirect_rules j JOIN short_url_redirect_rules r
           ON r.id = j.short_url_redirect_rule_id WHERE r.short_url_id = $1)`,
      [row.id],
    );
    await db.query("DELETE FROM short_url_redirect_rules WHERE short_url_id = $1", [row.id]);
    for (const [index, rule] of rules.entries()) {
      await insertRule(services, row.id, rule, index + 1);
    }
  });
  return presentRules(row.original_url, rules);
}

/** Answers with the long URL of the first rule that a request meets, or null. */
export async function ruledLongUrl(services: Services, shortUrlId: number, request: Request) {
  const rules = await loadRules(services, shortUrlId);
  const met = ({ type, matchKey, matchValue }: Condition) =>
    tests[type]?.(request, matchValue ?? "", matchKey ?? "") ?? false;
  const rule = rules.find(({ conditions }) => conditions.length > 0 && conditions.every(met));
  return rule?.longUrl ?? null;
}
