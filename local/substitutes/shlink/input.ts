import type { Config } from "./config.ts";
import { invalidData } from "./problems.ts";

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

export type Body = Record<string, unknown>;

const atom = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[+-]\d\d:\d\d|Z)$/;
const clean = (value: string) => value.replace(/<[^>]*>/g, "").trim();

/** Reads fields one by one and remembers the bad ones, to name them all at once. */
class Reader {
  readonly #body: Body;
  readonly invalid: string[] = [];

  constructor(body: Body) {
    this.#body = body;
  }

  has(name: string): boolean {
    return name in this.#body;
  }

  read<T>(name: string, parse: (value: unknown) => T | undefined): T | null | undefined {
    const value = this.#body[name];
    if (value === undefined) return undefined;
    if (value === null) return null;
    const parsed = parse(value);
    if (parsed === undefined) this.invalid.push(name);
    return parsed;
  }

  text(name: string, isValid: (text: string) => boolean = () => true) {
    return this.read(name, (value) => {
      const text = typeof value === "string" ? clean(value) : undefined;
      return text !== undefined && isValid(text) ? text : undefined;
    });
  }

  date(name: string) {
    return this.read(name, (value) =>
      typeof value === "string" && atom.test(value) ? new Date(value) : undefined,
    );
  }

  integer(name: string, minimum: number) {
    return this.read(name, (value) => {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      return typeof number === "number" && number >= minimum ? Math.trunc(number) : undefined;
    });
  }

  boolean(name: string) {
    return this.read(name, (value) => value !== "false" && Boolean(value));
  }

  tags(name: string) {
    return this.read(name, (value) => {
      if (!Array.isArray(value) || !value.every((tag) => typeof tag === "string")) return undefined;
      return [...new Set(value.map((tag) => clean(tag).toLowerCase().replaceAll(" ", "-")))];
    });
  }
}

// Shlink accepts anything that starts with something like a scheme.
const isLongUrl = (text: string) => /.+:.+/.test(text);

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
  if (reader.invalid.length > 0) throw invalidData(reader.invalid);
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
      if (typeof value !== "string") return undefined;
      const text = filter(clean(value));
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
  const domain = reader.text("domain", (text) => /^[a-z0-9.-]+(:\d+)?$/i.test(text));
  if (reader.invalid.length > 0) throw invalidData(reader.invalid);
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
