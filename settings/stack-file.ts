import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { parseSettings, type Settings } from "./index.ts";
import { settingsKey } from "../platform/project.ts";

/**
 * The settings of a stack file.
 * @throws Error naming the file, and for each wrong value its path and what was expected.
 */
export function readSettings(file: string): Settings {
  let content: { config?: Record<string, unknown> } | null;
  try {
    content = parse(readFileSync(file, "utf8")) as typeof content;
  } catch (error) {
    throw new Error(
      `${file}: this stack file cannot be read (${(error as Error).message.split("\n")[0]}).`,
    );
  }
  const { config } = content ?? {};
  if (config?.[settingsKey] === undefined)
    throw new Error(`${file}: there is no config ${settingsKey} in it.`);
  return parseSettings(file, config[settingsKey]);
}
