/** The policies without the engine: judges files with resources; see USAGE, and cli/input.ts for what such a file may be. */

import { readFileSync, realpathSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import { formats, mandatory } from "./cli/formats.ts";
import { InputError, readResources } from "./cli/input.ts";
import { judgeAll } from "./cli/judge.ts";
import { ConfigError, readConfig, type PackConfig } from "./engine/config.ts";
import { dayOf } from "./engine/exemptions.ts";
import { policies } from "./rules.ts";

const USAGE = `Usage: node policy/check.js [--config FILE] [--format ${Object.keys(formats).join("|")}] FILE...
  Judges a list of registrations, a rendering, or the output of "pulumi stack export". Without FILE only the configuration is
  checked. Exit code: 0 nothing mandatory, 1 mandatory violations, 2 an input that cannot be used.
  --config  the policies' configuration, such as policy/config/prod.json; without it the stack is judged as prod
  --format  how findings are told; default: text
`;

function read(file: string) {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const reason =
      (error as { code?: string }).code === "ENOENT"
        ? "there is no such file"
        : "it cannot be read";
    throw new InputError(`${file}: ${reason}.`);
  }
}

function configuration(file: string | undefined, today: string): PackConfig {
  if (file === undefined) return readConfig(policies, {}, today);
  const text = read(file);
  try {
    return readConfig(policies, JSON.parse(text), today);
  } catch (error) {
    if (error instanceof ConfigError) throw new InputError(`${file}: ${error.message}`);
    throw new InputError(`${file}: it is not valid JSON.`);
  }
}

function options() {
  const string = { type: "string" } as const;
  const known = { config: string, format: string, help: { type: "boolean" } } as const;
  try {
    const { values, positionals } = parseArgs({ options: known, allowPositionals: true });
    return { ...values, files: positionals };
  } catch (error) {
    throw new InputError(
      `${error instanceof Error ? error.message.split(/[.\n]/)[0] : "bad arguments"}.`,
    );
  }
}

function main() {
  const { config, format = "text", help = false, files } = options();
  if (help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const print = formats[format];
  if (print === undefined)
    throw new InputError(`--format must be one of ${Object.keys(formats).join(", ")}.`);
  const today = dayOf(new Date());
  const settings = configuration(config, today);
  if (files.length === 0 && config === undefined) {
    throw new InputError(
      "nothing to check: name a file with resources, or a policy configuration with --config.",
    );
  }
  const reports = files.map((file) => {
    const registrations = readResources(file, read(file));
    const findings = judgeAll(policies, registrations, settings, today);
    return { file, stackClass: settings.stackClass, resources: registrations.length, findings };
  });
  process.stdout.write(print(reports));
  return reports.some(({ findings }) => mandatory(findings).length > 0) ? 1 : 0;
}

/** Judges the files that the command line names, and sets the exit code. */
export function start() {
  try {
    process.exitCode = main();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    process.stderr.write(`policy check: ${error.message}\n`);
    process.exitCode = 2;
  }
}

// Who starts this file instead of check.js must not take silence for a judgement.
const [, started] = process.argv;
if (started !== undefined && realpathSync(started) === import.meta.filename) start();
