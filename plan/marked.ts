import { format } from "prettier";

/** A document with what is between the marks of that name written anew. */
export async function withMarked(document: string, name: string, content: string): Promise<string> {
  const [begin, end] = [`<!-- ${name}: make accept -->`, `<!-- /${name} -->`];
  const [before, rest] = document.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined)
    throw new Error(`The document lacks the marks ${begin} ... ${end}.`);
  return format(`${before}${begin}\n\n${content}\n\n${end}${after}`, {
    parser: "markdown",
    printWidth: 100,
  });
}

/** A table in Markdown. */
export function markdownTable(head: string[], rows: string[][]): string {
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return lines.join("\n");
}
