import { existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { coldBuildBytes, recipeOf, toolNames, type ToolName } from "./catalogue.ts";
import { LocalError } from "../lib/failure.ts";
import { weight } from "./progress.ts";

const gib = (bytes: number) => (bytes / 1024 ** 3).toFixed(bytes < 1024 ** 3 ? 1 : 0);
const downloadBytes = 1024 ** 3;

/** Estimates the disk that these tools need while they are made: each build's share of a whole one, and the downloads. */
export function neededBytes(tools: ToolName[]): number {
  const work = (list: ToolName[]) =>
    list
      .filter((tool) => recipeOf(tool).from === "go")
      .reduce((sum, tool) => sum + weight(tool), 0);
  return downloadBytes + (coldBuildBytes - downloadBytes) * (work(tools) / work(toolNames));
}

/** Says in one sentence what is ahead; refuses when the disk is too small for it. */
export function announce(
  tools: ToolName[],
  folder: string,
  freeBytes: (folder: string) => number = free,
): string {
  const needed = neededBytes(tools);
  const there = freeBytes(folder);
  if (there >= needed)
    return `${tools.length} tools to fetch or build; this needs up to ${gib(needed)} GiB of disk, once (${gib(there)} GiB are free).`;
  throw new LocalError(
    `Too little disk: making the tools needs ${gib(needed)} GiB below ${folder}, and ${gib(there)} GiB are free.`,
  );
}

function free(folder: string): number {
  const { bavail, bsize } = statfsSync(existing(folder));
  return bavail * bsize;
}

const existing = (folder: string): string =>
  existsSync(folder) ? folder : existing(dirname(folder));
