/** JSON in the one form in which the real provider keeps it: sorted keys, no blanks, HTML-safe. */
export function canonicalJson(text: string): string {
  try {
    return encode(JSON.parse(text) as unknown);
  } catch {
    return "";
  }
}

function encode(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(encode).join(",")}]`;
  if (typeof value !== "object" || value === null) return safe(JSON.stringify(value));
  const entries = Object.entries(value).sort(([a], [b]) =>
    Buffer.compare(Buffer.from(a), Buffer.from(b)),
  );
  return `{${entries.map(([key, element]) => `${encode(key)}:${encode(element)}`).join(",")}}`;
}

const safe = (json: string) =>
  json.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
