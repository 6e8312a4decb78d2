/** Fields of a query or a form; a name that ends in brackets makes a list, as in PHP. */
export type Fields = Record<string, string | string[]>;

export function parseFields(encoded: string): Fields {
  const fields: Fields = {};
  for (const [key, value] of new URLSearchParams(encoded)) {
    const [, name = key, brackets] = /^([^[]+)(\[[^\]]*\])?$/.exec(key) ?? [];
    const known = fields[name];
    if (brackets === undefined) fields[name] = value;
    else fields[name] = [...(Array.isArray(known) ? known : []), value];
  }
  return fields;
}

/** Answers with a field that is a text, or null. */
export function textIn(fields: Fields, name: string): string | null {
  const value = fields[name];
  return typeof value === "string" ? value : null;
}

type Pairs = Map<string, (string | null)[]>;

const decode = (text: string) => {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
};

const encode = (text: string) =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** Unlike a form, a redirect's query tells `?flag` from `?flag=`. */
function parsePairs(query: string): Pairs {
  const pairs: Pairs = new Map();
  for (const part of query.split("&").filter((text) => text !== "")) {
    const [key = "", ...rest] = part.split("=");
    const value = rest.length === 0 ? null : decode(rest.join("="));
    pairs.set(decode(key), [...(pairs.get(decode(key)) ?? []), value]);
  }
  return pairs;
}

/** Puts a visitor's query into the one of the long URL; of equal names the visitor's counts. */
export function mergeQueries(own: string, given: string, without: string | null): string {
  const merged = parsePairs(own);
  for (const [key, values] of parsePairs(given)) {
    if (key === without) continue;
    const before = merged.get(key) ?? [];
    const kept = before.length > 1 && values.length > 1 ? before.slice(values.length) : [];
    merged.set(key, [...values, ...kept]);
  }
  return [...merged]
    .flatMap(([key, values]) =>
      values.map((value) => (value === null ? encode(key) : `${encode(key)}=${encode(value)}`)),
    )
    .join("&");
}
