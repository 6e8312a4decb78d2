import { markdownTable, withMarked } from "./marked.ts";
import { parts } from "./walls.ts";

/** docs/architecture.md with its table of the parts. */
export function withParts(document: string): Promise<string> {
  const code = (names: string[]) => names.map((name) => `\`${name}\``).join(", ");
  const everything = Object.keys(parts).length - 1;
  const rows = Object.entries(parts).map(([name, { what, imports, types = [] }]) => [
    code([name]),
    what,
    imports.length === everything ? "everything" : code(imports),
    code(types),
  ]);
  const table = markdownTable(["part", "what it is", "may import", "and types of"], rows);
  return withMarked(document, "The parts", table);
}
