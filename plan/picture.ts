import { charts } from "../platform/charts.ts";
import { fewestFlows, type ExternalPeer, flowsFor } from "../platform/flows.ts";
import { images } from "../platform/images.ts";
import { type WorkloadName, workloads } from "../platform/workloads.ts";

/** A box of the picture: a kind of pod, or somebody outside of the cluster. */
interface Box {
  column: number;
  row: number;
  title: string;
  /** Lines below the title. */
  lines: string[];
}

const tag = (image: string) => image.slice(image.lastIndexOf(":") + 1);

function pods(column: number, row: number, title: string, workload: WorkloadName, version: string) {
  const { namespace } = workloads[workload];
  return { column, row, title, lines: [namespace, version] };
}

const boxes = {
  visitors: { column: 0, row: 1, title: "visitors", lines: ["s.example.com/abc"] },
  pulumi: {
    column: 0,
    row: 3,
    title: "pulumi up",
    lines: ["random passwords", "no command after it"],
  },
  istiod: pods(1, 0, "Istio", "istiod", charts.istiod.version),
  gateway: pods(1, 1, "ingress gateway", "gateway", "hosts, rate limits"),
  vault: pods(1, 3, "Vault", "vault", `chart ${charts.vault.version}`),
  shlink: pods(2, 1, "Shlink", "shlink", tag(images.shlink)),
  "external-secrets": pods(
    2,
    3,
    "External Secrets",
    "external-secrets",
    charts.externalSecrets.version,
  ),
  pgo: pods(3, 0, "Crunchy PGO", "pgo", charts.pgo.version),
  postgres: pods(3, 1, "PostgreSQL", "postgres", "primary and replicas"),
  redis: pods(3, 2, "Redis, Sentinel", "redis", tag(images.redis7)),
  "redis-operator": pods(3, 3, "Redis operator", "redis-operator", charts.redisOperator.version),
} satisfies Record<string, Box>;

type BoxName = keyof typeof boxes;

const every = flowsFor(fewestFlows);

/** The ports of the connections between two kinds of pods; a picture shows none that is not allowed. */
function ports(from: WorkloadName | ExternalPeer, ...to: WorkloadName[]): string {
  const found = every
    .filter((flow) => flow.from.includes(from) && to.some((one) => flow.to.includes(one)))
    .flatMap((flow) => flow.ports);
  if (found.length === 0) throw new Error(`No flow leads from ${from} to ${to.join()}.`);
  return [...new Set(found)].map((port) => `:${port}`).join(" ");
}

interface Arrow {
  from: BoxName;
  to: BoxName;
  labels: string[];
  /** Where the line leaves and enters: the middle of a side, or beside it. */
  shift?: number;
  /** This line is no connection between pods, but says what one does for another. */
  dashed?: true;
}

const arrows: Arrow[] = [
  { from: "visitors", to: "gateway", labels: ["HTTPS", ports("anywhere", "gateway")] },
  { from: "gateway", to: "istiod", labels: [ports("gateway", "istiod")] },
  { from: "gateway", to: "shlink", labels: ["mutual TLS", ports("gateway", "shlink")] },
  { from: "shlink", to: "postgres", labels: ["verified TLS", ports("shlink", "postgres")] },
  { from: "shlink", to: "redis", labels: [ports("shlink", "redis", "sentinel")], shift: 40 },
  { from: "pgo", to: "postgres", labels: ["runs"], dashed: true },
  {
    from: "redis-operator",
    to: "redis",
    labels: [ports("redis-operator", "redis", "sentinel")],
    shift: -40,
  },
  { from: "pulumi", to: "vault", labels: ["tunnel"], dashed: true },
  { from: "external-secrets", to: "vault", labels: [ports("external-secrets", "vault")] },
  {
    from: "external-secrets",
    to: "shlink",
    labels: ["Secrets, also for", "PostgreSQL and Redis"],
    shift: -40,
    dashed: true,
  },
];

const [width, height, gapX, gapY, margin] = [176, 88, 122, 50, 20];
const left = ({ column }: Box) => margin + column * (width + gapX);
const top = ({ row }: Box) => margin + row * (height + gapY);

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const textAt = (x: number, y: number, text: string, style: string) =>
  `<text x="${x}" y="${y}" class="${style}">${escaped(text)}</text>`;

function drawBox(box: Box): string {
  const [x, y] = [left(box), top(box)];
  const style = box.column === 0 ? "person" : "pods";
  const lines = box.lines.map((line, index) =>
    textAt(x + width / 2, y + 50 + index * 20, line, "line"),
  );
  return [
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8" class="${style}"/>`,
    textAt(x + width / 2, y + 27, box.title, "title"),
    ...lines,
  ].join("\n");
}

/** A line from side to side: along a row, along a column, or down a column and then along a row. */
function drawArrow({ from, to, labels, shift = 0, dashed }: Arrow): string {
  const style = dashed === undefined ? "arrow" : "arrow dashed";
  const { path, x, y, anchor } = route(boxes[from], boxes[to], shift);
  const texts = labels.map((label, index) =>
    textAt(x, y + (index - labels.length) * 17, label, `label ${anchor}`),
  );
  return [`<path d="${path}" class="${style}" marker-end="url(#head)"/>`, ...texts].join("\n");
}

/** The way of an arrow, and where its labels end. */
function route(start: Box, end: Box, shift: number) {
  const isRight = end.column > start.column;
  const edge = (box: Box, atRight: boolean) => left(box) + (atRight ? width : 0);
  const [x1, x2] = [edge(start, isRight), edge(end, !isRight)];
  const [y1, y2] = [top(start) + height / 2, top(end) + height / 2];
  if (start.row === end.row)
    return { path: `M${x1} ${y1} H${x2}`, x: (x1 + x2) / 2, y: y1 + 10, anchor: "middle" };
  const isDown = end.row > start.row;
  const x = left(start) + width / 2 + shift;
  const from = top(start) + (isDown ? height : 0);
  if (start.column !== end.column)
    return { path: `M${x} ${from} V${y2} H${x2}`, x: x + 8, y: y2 + 10, anchor: "start" };
  const to = top(end) + (isDown ? 0 : height);
  return { path: `M${x} ${from} V${to}`, x: x + 8, y: from + (isDown ? 40 : -14), anchor: "start" };
}

/** Colours of its own ground, so that a page may be light or dark. */
export const style = `
  .ground { fill: #ffffff; } .pods { fill: #eef4ff; stroke: #3b6fb6; } .person { fill: #fff5e6; stroke: #b97a1a; }
  rect { stroke-width: 1.5; } text { font-family: Helvetica, Arial, sans-serif; fill: #1c2733; text-anchor: middle; }
  .title { font-size: 17px; font-weight: bold; } .line { font-size: 15px; } .label { font-size: 15px; fill: #40505f; }
  .start { text-anchor: start; } .arrow { fill: none; stroke: #40505f; stroke-width: 1.6; } .dashed { stroke-dasharray: 6 4; }
  #head path { fill: #40505f; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #161b22; } .pods { fill: #1b2a41; stroke: #6ea1e8; } .person { fill: #3a2c14; stroke: #d9a441; }
    text { fill: #e6edf3; } .label { fill: #b7c3cf; } .arrow { stroke: #b7c3cf; } #head path { fill: #b7c3cf; }
  }`;

/** docs/architecture.svg: who talks to whom on which port, from the facts in platform/. */
export function picture(): string {
  const [right, bottom] = [
    4 * (width + gapX) - gapX + 2 * margin,
    4 * (height + gapY) - gapY + 2 * margin,
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${right} ${bottom}" role="img">`,
    "<title>Visitors reach Shlink through the gateway; Vault's secrets reach it as files</title>",
    "<!-- Written by `make accept` from plan/picture.ts and platform/; edit those. -->",
    `<style>${style}\n</style>`,
    '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" orient="auto"><path d="M0 1 L10 5 L0 9 z"/></marker></defs>',
    `<rect width="${right}" height="${bottom}" rx="10" class="ground"/>`,
    ...Object.values(boxes).map(drawBox),
    ...arrows.map(drawArrow),
    "</svg>\n",
  ].join("\n");
}
