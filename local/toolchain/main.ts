import { binaries, recipeOf, toolNames, type ToolName } from "./catalogue.ts";
import { findGo } from "./compiler.ts";
import { cacheFolder } from "./cache.ts";
import { endChildrenWithUs, locate, pathIn, startTools, ToolFailure } from "./index.ts";
import { run } from "./run.ts";

const usage = `usage: node local/toolchain/main.ts [--list] [tool...]
Finds, fetches or builds the local cluster's tools, all of them or those named, and prints where they are.
  --list  only tells where each would come from`;

const binariesOf = (tool: ToolName) =>
  Object.keys(binaries).filter((binary) => binaries[binary] === tool);

function chosen(names: string[]): ToolName[] {
  const unknown = names.find((name) => !toolNames.some((tool) => tool === name));
  if (unknown !== undefined)
    throw new ToolFailure(`There is no tool named ${unknown}; there are: ${toolNames.join(", ")}.`);
  return names.length === 0 ? toolNames : toolNames.filter((tool) => names.includes(tool));
}

async function list(tools: ToolName[]): Promise<void> {
  const places = await locate(tools, await findGo(run, cacheFolder()), run);
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

endChildrenWithUs();
const words = process.argv.slice(2);
try {
  if (words.includes("--help")) console.log(usage);
  else if (words.includes("--list")) await list(chosen(words.filter((word) => word !== "--list")));
  else await make(chosen(words));
} catch (error) {
  if (!(error instanceof ToolFailure)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
