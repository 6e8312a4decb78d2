import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { charts } from "../../platform/charts.ts";
import { imageNames } from "../images/recipes.ts";
import { LocalError } from "../lib/failure.ts";
import { built } from "./built.ts";
import { pulled } from "./pulled.ts";
import type { Report, Supply } from "./supply.ts";
import { upstreamAnswers, upstreams } from "./upstream.ts";

const supplies = { built, pulled };
type SupplyName = keyof typeof supplies;

interface Choice {
  /** The file that remembers the choice for as long as there is this cluster. */
  record: string;
  /** The mirror that a new choice empties, as its charts may be of the other kind. */
  mirror: string;
  report: Report;
  /** The user's wish, unless they leave it to the network. */
  wanted?: string | undefined;
  answers?: () => Promise<boolean>;
}

/** Chosen once for a cluster: substitutes and the real things do not share data. */
export async function chooseSupply(choice: Choice): Promise<Supply> {
  const wanted = choice.wanted === undefined ? undefined : checked(choice.wanted);
  const recorded = await readFile(choice.record, "utf8").catch(() => undefined);
  if (recorded === undefined) return supplies[await decide(choice, wanted)];
  const name = checked(recorded);
  if (wanted !== undefined && wanted !== name)
    throw new LocalError(
      `SUPPLY is ${wanted}, but images and charts of this cluster are ${name}: run make clean-local first.`,
    );
  return supplies[name];
}

async function decide(
  { record, mirror, report, answers = everyUpstreamAnswers }: Choice,
  wanted: SupplyName | undefined,
): Promise<SupplyName> {
  const name = wanted ?? ((await answers()) ? "pulled" : "built");
  report(
    name === "pulled"
      ? "Images and charts are pulled from their registries"
      : "Images and charts are built here" + (wanted ? "" : ": not every registry answers"),
  );
  await rm(mirror, { recursive: true, force: true });
  await mkdir(dirname(record), { recursive: true });
  await writeFile(record, name);
  return name;
}

function checked(name: string): SupplyName {
  if (name === "built" || name === "pulled") return name;
  throw new LocalError(`SUPPLY must be built or pulled, not "${name}".`);
}

function everyUpstreamAnswers(): Promise<boolean> {
  const repositories = Object.values(charts).map(({ repository }) => repository);
  return upstreamAnswers(upstreams(imageNames, repositories));
}
