import type { Request } from "./http.ts";

/** Fills in the domain and the path that a visitor asked for: as they are in the path, encoded in the query. */
export function fillPlaceholders(
  target: string,
  { authority, path }: Pick<Request, "authority" | "path">,
): string {
  const [, start = "", inPath = "", rest = ""] =
    /^([a-z]+:\/\/[^/?#]*)([^?#]*)(.*)$/i.exec(target) ?? [];
  if (start === "") return target;
  const fill = (text: string, encode: (value: string) => string) =>
    text
      .replaceAll("{DOMAIN}", () => encode(authority))
      .replaceAll("{ORIGINAL_PATH}", () => encode(path));
  const filled = fill(inPath, (value) => value).replaceAll("//", "/");
  return `${start}${filled}${fill(rest, encodeURIComponent)}`;
}
