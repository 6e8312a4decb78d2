import { markdownTable, withMarked } from "./marked.ts";
import { stackSettings } from "./render.ts";
import { absent, differences } from "./tree.ts";
import { parts } from "./walls.ts";

/** The README with its tables made anew: what differs between the two stack files, and what each folder is. */
export async function withTables(readme: string): Promise<string> {
  return withMarked(
    await withMarked(readme, "What differs", differenceTable()),
    "The folders",
    folderTable(),
  );
}

/** Folders without code have no walls around them. */
const withoutCode = {
  docs: "how each part is operated, and why it is as it is",
  findings: "scripts that show surprises of public tools, each by itself",
};

function folderTable(): string {
  const described = Object.entries(parts).map(([name, { what }]) => [name, what]);
  const rows = [...described, ...Object.entries(withoutCode)].map(([name = "", what = ""]) => [
    `\`${name}\``,
    what,
  ]);
  return markdownTable(["Where", "What"], rows);
}

/** Versions, sizes, times, rates, names and addresses, which differ wherever the program runs; `make plan` prints them. */
const local = [
  /Version|mutatingAdmission|rateLimit|refreshInterval|seal\.key/,
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
