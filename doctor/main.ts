import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { runCommand } from "../effects/command.ts";
import { writeNewFile } from "../effects/files.ts";
import { chooseContext } from "../effects/kubeconfig.ts";
import { bundle } from "./bundle.ts";
import { findings } from "./chain.ts";
import { examine } from "./finding.ts";
import { openAccess } from "./observe/access.ts";
import { observe } from "./observe/index.ts";
import { Redaction } from "./redaction.ts";
import { exitCode, toJson, toText } from "./report.ts";

const USAGE = `Usage: npm run doctor -- [--context NAME] [--settings FILE] [--json] [--bundle FILE] [--no-exec]
  --context   a context of the kubeconfig; default: its current one
  --settings  a stack file to compare the cluster with, Pulumi.prod.yaml for instance
  --json      what was found as JSON on the standard output
  --bundle    also write an archive for others to look at, FILE.tar, without any secret
  --no-exec   run nothing inside of containers; what only PostgreSQL or a sentinel could tell stays open
Ends with 0: all is well, 1: could not run, 2: warnings, 3: something is broken, 4: not everything could be seen.`;

const options = {
  context: { type: "string" },
  settings: { type: "string" },
  json: { type: "boolean", default: false },
  bundle: { type: "string" },
  "no-exec": { type: "boolean", default: false },
} as const;

/** Lines with the time since the start, on the error output: the standard output is for the result. */
function progress() {
  const begun = performance.now();
  return (line: string) => {
    const seconds = ((performance.now() - begun) / 1000).toFixed(1).padStart(5);
    process.stderr.write(`${seconds} s  ${line}\n`);
  };
}

/** Reads a stack file. The settings take a second to load, which a run without one is spared. */
const settingsOf = async (file: string) =>
  (await import("../settings/stack-file.ts")).readSettings(file);

async function main(args: string[]): Promise<void> {
  const { context, settings, json, bundle: file, ...rest } = parseArgs({ args, options }).values;
  if (file !== undefined && existsSync(file))
    throw new Error(`${file} is there already: name another file (--bundle).`);
  const report = progress();
  const wanted = settings === undefined ? undefined : await settingsOf(settings);
  const config = await chooseContext(context);
  const access = await openAccess(config, !rest["no-exec"]);
  const redaction = new Redaction();
  const snapshot = await observe({ access, redaction, settings: wanted, report });
  const result = examine(findings, snapshot);
  report(`${result.looked} findings were looked for, ${result.found.length} apply`);
  const name = config.getCurrentContext();
  process.stdout.write(redaction.apply(json ? toJson(result, name) : toText(result, name)));
  process.exitCode = exitCode(result);
  if (file === undefined) return;
  writeNewFile(file, await bundle({ access, redaction, snapshot, result, context: name }));
  report(`${file} has what was seen; look through it before you hand it on`);
}

await runCommand(USAGE, main);
