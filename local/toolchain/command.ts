import { LocalError } from "../lib/failure.ts";
import { cacheFolder } from "../lib/paths.ts";
import { tryRun } from "../lib/run.ts";
import { binaries, recipeOf, toolNames, type ToolName } from "./catalogue.ts";
import { findGo } from "./compiler.ts";

import { locate, pathIn, startTools } from "./index.ts";

const binariesOf = (tool: ToolName) =>
  Object.keys(binaries).filter((binary) => binaries[binary] === tool);

function chosen(names: string[]): ToolName[] {
  const unknown = names.find((name) => !toolNames.some((tool) => tool === name));
  if (unknown !== undefined)
    throw new LocalError(`There is no tool named ${unknown}; there are: ${toolNames.join(", ")}.`);
  return names.length === 0 ? toolNames : toolNames.filter((tool) => names.includes(tool));
}

async function list(tools: ToolName[]): Promise<void> {
  const places = await locate(tools, await findGo(tryRun, cacheFolder()), tryRun);
  for (const [tool, place] of places)
    for (const binary of binariesOf(tool)) {
      const { version } = recipeOf(tool);
      const there = place.from === "PATH" || place.from === "cache";
      const where = there ? `${place.from}: ${pathIn(place, binary)}` : `to ${place.from}`;
      console.log(`${binary.padEnd(28)}${version.padEnd(38)}${where}`);
    }
}

async function make(tools: ToolName[]): Promise<void> {
  const started = await startTools({ tools, onProgress: (line) => console.error(line) });
  await started.all;
  for (const binary of tools.flatMap(binariesOf))
    console.log(`${binary} ${await started.path(binary)}`);
}

/** Finds, fetches or builds tools and prints where they are; `--list` only says where each would come from. */
export async function toolsCommand(words: string[]): Promise<void> {
  if (words.includes("--list")) await list(chosen(words.filter((word) => word !== "--list")));
  else await make(chosen(words));
}
