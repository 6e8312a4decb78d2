import { markdownTable, withMarked } from "./marked.ts";
import { stackSettings } from "./render.ts";
import { absent, differences } from "./tree.ts";

/** The README with its table of differences made anew from the two stack files. */
export function withDifferences(readme: string): Promise<string> {
  return withMarked(readme, "What differs", differenceTable());
}

/** Sizes, times, names and addresses, which differ wherever the program runs; `make plan` prints them too. */
const local = [
  /^tunnels|^charts|NodePort|BinDir|ConfDir|address|hosts|apiServer|context|addons/i,
  /requests|storage|memory|maxSize|keep|retention|Schedule|Days$|Percentage/i,
  /namespace|labels|annotations|credentialName|tracing\.(service|port)|module|^webClient\.(?!mode)/,
];

type Row = [path: string, dev: string, prod: string];

/** One row for each second level of the settings, with the values that differ. */
function differenceTable(): string {
  const groups = new Map<string, Row[]>();
  for (const row of differences(stackSettings("dev"), stackSettings("prod"))) {
    const [path] = row;
    if (local.some((pattern) => pattern.test(path))) continue;
    const group = path.split(".").slice(0, 2).join(".");
    groups.set(group, [...(groups.get(group) ?? []), row]);
  }
  const rows = [...groups].flatMap(([group, values]) => joined(group, values));
  return markdownTable(["Setting", "dev", "prod"], rows);
}

const widest = 40;

/** The values of a group in one row, as far as a page is wide enough. */
function joined(group: string, rows: Row[]): Row[] {
  if (rows.length === 1) return rows;
  const cell = (side: 1 | 2) =>
    rows
      .filter((row) => row[side] !== absent)
      .map((row) => `${row[0].slice(group.length + 1)}=${row[side]}`)
      .join(", ") || absent;
  const [dev, prod] = [cell(1), cell(2)];
  return dev.length > widest || prod.length > widest ? rows : [[group, dev, prod]];
}
