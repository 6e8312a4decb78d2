import type { Config } from "./config.ts";
import { clean, Reader, type Body } from "./reader.ts";

export interface ShortUrlEdit {
  longUrl?: string;
  validSince?: Date | null;
  validUntil?: Date | null;
  maxVisits?: number | null;
  title?: string | null;
  tags?: string[];
  crawlable?: boolean;
  forwardQuery?: boolean;
}

export interface ShortUrlCreation extends ShortUrlEdit {
  longUrl: string;
  customSlug: string | null;
  pathPrefix: string;
  shortCodeLength: number;
  findIfExists: boolean;
  domain: string | null;
}

/** Whether Shlink takes it: anything that starts with something like a scheme. */
export const isLongUrl = (text: string) => /.+:.+/.test(text);

/** Whether a text can be a host name with a port or without. */
export const isAuthority = (text: string) => /^[a-z0-9.-]+(:\d+)?$/i.test(text);

function editFields(reader: Reader): ShortUrlEdit {
  const title = reader.text("title");
  return {
    longUrl: reader.text("longUrl", isLongUrl) ?? undefined,
    validSince: reader.date("validSince"),
    validUntil: reader.date("validUntil"),
    maxVisits: reader.integer("maxVisits", 1),
    title: title?.slice(0, 512) ?? title,
    tags: reader.tags("tags") ?? undefined,
    crawlable: reader.boolean("crawlable") ?? undefined,
    forwardQuery: reader.boolean("forwardQuery") ?? undefined,
  };
}

export function parseEdit(body: Body): ShortUrlEdit {
  const reader = new Reader(body);
  const edit = editFields(reader);
  reader.check();
  return edit;
}

function slugFields(reader: Reader, config: Config) {
  const reserved = config.multiSegmentSlugs ? /[:?#[\]@]/ : /[:?#[\]@/]/;
  const filter = (text: string) => {
    const cased = config.loose ? text.toLowerCase() : text;
    return config.multiSegmentSlugs
      ? cased.replaceAll(" ", "-").replace(/^\/+|\/+$/g, "")
      : cased.replace(/[ /]/g, "-");
  };
  const slug = (name: string, mayBeEmpty: boolean) =>
    reader.read(name, (value) => {
      const cleaned = clean(value);
      if (cleaned === undefined) return undefined;
      const text = filter(cleaned);
      return reserved.test(text) || (text === "" && !mayBeEmpty) ? undefined : text;
    });
  return { customSlug: slug("customSlug", false), pathPrefix: slug("pathPrefix", true) };
}

export function parseCreation(body: Body, config: Config): ShortUrlCreation {
  const reader = new Reader(body);
  const { longUrl = "", ...edit } = editFields(reader);
  if (longUrl === "" && !reader.invalid.includes("longUrl")) reader.invalid.push("longUrl");
  const { customSlug, pathPrefix } = slugFields(reader, config);
  const length = reader.integer("shortCodeLength", 4);
  const findIfExists = reader.boolean("findIfExists");
  const domain = reader.text("domain", isAuthority);
  reader.check();
  return {
    ...edit,
    longUrl,
    customSlug: customSlug ?? null,
    pathPrefix: pathPrefix ?? "",
    shortCodeLength: length ?? config.shortCodeLength,
    findIfExists: findIfExists ?? false,
    domain: domain == null || domain === config.defaultDomain ? null : domain,
  };
}
