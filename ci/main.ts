import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import packageFile from "../policy/package.json" with { type: "json" };
import { policies } from "../policy/rules.js";
import { comment, COMMENT_MARKER } from "./comment.ts";
import { drift, DRIFT_MARKER, DRIFT_TITLE } from "./drift.ts";
import { type Preview, readPreview } from "./events.ts";
import { putComment, putIssue } from "./github.ts";
import { type Pack, packMissing } from "./guard.ts";
import { pullOf, repositoryOf } from "./settings.ts";

const USAGE = "Usage: node ci/main.ts comment|guard|drift --events FILE...";

const pack: Pack = {
  name: "shlink-platform",
  version: packageFile.version,
  locked: policies.filter(({ locked }) => locked === true).map(({ name }) => name),
};

const commands: Record<string, (previews: Preview[]) => void | Promise<void>> = {
  async comment(previews) {
    const repository = repositoryOf(process.env);
    const body = comment(previews, pack);
    await putComment(repository, pullOf(process.env), COMMENT_MARKER, body);
  },
  guard(previews) {
    for (const preview of previews) {
      const missing = packMissing(preview, pack);
      if (missing !== undefined) throw new Error(missing);
    }
  },
  async drift(previews) {
    await putIssue(repositoryOf(process.env), DRIFT_MARKER, DRIFT_TITLE, drift(previews));
  },
};

function readArguments(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { events: { type: "string", multiple: true } },
      allowPositionals: true,
    });
    const [name = "", ...more] = positionals;
    const run = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (run && values.events) return { run, files: [...values.events, ...more] };
  } catch {
    // An unknown option gets the same answer.
  }
  throw new Error(USAGE);
}

function read(file: string): Preview {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new Error(`${file}: this file of events cannot be read.`);
  }
  return readPreview(file, text);
}

try {
  const { run, files } = readArguments(process.argv.slice(2));
  await run(files.map(read));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
