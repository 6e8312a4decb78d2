import { binaries } from "./catalogue.ts";
import { endChildrenWithUs, startTools, ToolFailure } from "./index.ts";

/** Fetches or builds all tools, and prints where they are. */
endChildrenWithUs();
try {
  const tools = await startTools({ onProgress: (line) => console.error(line) });
  await tools.all;
  for (const binary of Object.keys(binaries)) console.log(`${binary} ${await tools.path(binary)}`);
} catch (error) {
  if (!(error instanceof ToolFailure)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
