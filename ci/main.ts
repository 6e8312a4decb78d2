import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import packageFile from "../policy/package.json" with { type: "json" };
import { policies } from "../policy/rules.ts";
import { comment, COMMENT_MARKER } from "./comment.ts";
import { drift, DRIFT_MARKER, DRIFT_TITLE } from "./drift.ts";
import { type Preview, readPreview, withoutDebug } from "./events.ts";
import { putComment, putIssue } from "./github.ts";
import { type Pack, packMissing } from "./guard.ts";
import { pullOf, repositoryOf } from "./settings.ts";
import { runCommand } from "../effects/command.ts";
import { projectName } from "../platform/project.ts";

const USAGE = "Usage: node ci/main.ts trim|comment|guard|drift --events FILE...";

const pack: Pack = {
  name: projectName,
  version: packageFile.version,
  locked: policies.filter(({ locked }) => locked === true).map(({ name }) => name),
};

type Command = (files: string[]) => void | Promise<void>;

const commands: Record<string, Command> = {
  /** Trims the file in place, before it leaves the job that has a login. */
  trim(files) {
    for (const file of files) writeFileSync(file, withoutDebug(readText(file)));
  },
  async comment(files) {
    const repository = repositoryOf(process.env);
    const body = comment(files.map(read), pack);
    await putComment(repository, pullOf(process.env), COMMENT_MARKER, body);
  },
  guard(files) {
    for (const preview of files.map(read)) {
      const missing = packMissing(preview, pack);
      if (missing !== undefined) throw new Error(missing);
    }
  },
  async drift(files) {
    const body = drift(files.map(read));
    await putIssue(repositoryOf(process.env), DRIFT_MARKER, DRIFT_TITLE, body);
  },
};

function readArguments(args: string[]) {
  const { values, positionals } = parseArgs({
    args,
    options: { events: { type: "string", multiple: true } },
    allowPositionals: true,
  });
  const [name = "", ...more] = positionals;
  const run = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (run && values.events) return { run, files: [...values.events, ...more] };
  throw new Error(USAGE);
}

const read = (file: string): Preview => readPreview(file, readText(file));

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new Error(`${file}: this file of events cannot be read.`);
  }
}

await runCommand(USAGE, async (args) => {
  const { run, files } = readArguments(args);
  await run(files);
});
