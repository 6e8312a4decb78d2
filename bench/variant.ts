import { readFile, writeFile } from "node:fs/promises";
import { parse, stringify } from "yaml";
import { configFile } from "../local/stack/environment.ts";
import { settingsKey } from "../platform/project.ts";

type Settings = Record<string, unknown>;

/** Writes the stack file with which dev runs, with other settings. */
export async function writeVariant(
  file: string,
  change: (settings: Settings) => unknown,
): Promise<string> {
  const text = await readFile(configFile("dev"), "utf8");
  const { config, ...rest } = parse(text) as { config: Record<string, Settings> };
  const settings = change(config[settingsKey] ?? {});
  await writeFile(file, stringify({ ...rest, config: { ...config, [settingsKey]: settings } }));
  return file;
}
