import { style } from "./picture.ts";
import { type JsonSchema, settingsSchema } from "./schema.ts";

/** The parts that a stack file can take from others, by their keys, in the order of the picture. */
const rows: Record<string, string> = {
  mesh: "Istio",
  vault: "Vault",
  externalSecrets: "External Secrets",
  postgresOperator: "PostgreSQL operator",
  redisOperator: "Redis operator",
  database: "PostgreSQL",
  redis: "Redis",
};

/** Whose a part is by its mode. */
const owners: Record<string, { words: string; style: string }> = {
  install: { words: "made by the program", style: "pods" },
  crunchy: { words: "made by the program", style: "pods" },
  operator: { words: "made by the program", style: "pods" },
  existing: { words: "yours, in the cluster", style: "person" },
  outside: { words: "yours, wherever it is", style: "person" },
  none: { words: "left out", style: "ground" },
};

const [width, height, gap, margin, titles] = [210, 58, 18, 20, 190];

const text = (x: number, y: number, words: string, name: string) =>
  `<text x="${x}" y="${y}" class="${name}">${words}</text>`;

function box(column: number, row: number, mode: string): string[] {
  const owner = owners[mode];
  if (owner === undefined) throw new Error(`Nobody has said whose a part of mode ${mode} is.`);
  const [x, y] = [margin + titles + column * (width + gap), margin + row * (height + gap)];
  return [
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8" class="${owner.style}" stroke="#8a97a5"/>`,
    text(x + width / 2, y + 25, `mode: ${mode}`, "title"),
    text(x + width / 2, y + 46, owner.words, "line"),
  ];
}

const modesOf = ({ oneOf = [] }: JsonSchema) =>
  oneOf.map(({ properties }) => String(properties?.["mode"]?.const));

/** docs/which-parts.svg: each part and whose it can be, as the settings' schema has it. */
export function partsPicture(): string {
  const schema = settingsSchema().properties ?? {};
  const right = 2 * margin + titles + 3 * (width + gap) - gap;
  const bottom = 2 * margin + Object.keys(rows).length * (height + gap) - gap;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${right} ${bottom}" role="img">`,
    "<title>Each part, and whose it can be</title>",
    "<!-- Written by `make accept` from plan/parts-picture.ts and settings/; edit those. -->",
    `<style>${style}\n</style>`,
    `<rect width="${right}" height="${bottom}" rx="10" class="ground"/>`,
    ...Object.entries(rows).flatMap(([key, title], row) => [
      text(margin, margin + row * (height + gap) + 35, title, "title start"),
      ...modesOf(schema[key] ?? {}).flatMap((mode, column) => box(column, row, mode)),
    ]),
    "</svg>\n",
  ].join("\n");
}
