import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sdkVersion } from "./host/version.ts";

/** Plugins that are programs in this folder. */
const written = ["random", "vault", "postgresql", "tls"];

export interface InstallOptions {
  /** The kubernetes plugin's binary, where it was built. */
  kubernetesPlugin?: string;
}

/**
 * Puts the plugins where the engine looks for them, under the exact versions that the installed SDKs
 * ask for. Files that are right are left alone: an engine may be running them.
 */
export function installPlugins(
  pulumiHome: string,
  nodeBinary: string,
  { kubernetesPlugin }: InstallOptions = {},
): void {
  for (const name of written) {
    const main = fileURLToPath(new URL(`${name}/main.ts`, import.meta.url));
    placeText(pluginFile(pulumiHome, name), launcher(nodeBinary, main));
  }
  if (kubernetesPlugin !== undefined) {
    placeBinary(pluginFile(pulumiHome, "kubernetes"), kubernetesPlugin);
  }
}

export function pluginFile(pulumiHome: string, name: string): string {
  const folder = `resource-${name}-v${sdkVersion(name)}`;
  return join(pulumiHome, "plugins", folder, `pulumi-resource-${name}`);
}

/** The cache keeps the compiled modules, which saves most of the start. */
const launcher = (nodeBinary: string, main: string) =>
  `#!/bin/sh\nNODE_COMPILE_CACHE="\${0%/*}/compiled" exec ${quoted(nodeBinary)} ${quoted(main)} "$@"\n`;

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

function placeText(file: string, content: string): void {
  if (existsSync(file) && readFileSync(file, "utf8") === content) return;
  place(file, (partial) => writeFileSync(partial, content));
}

/** A link would do, but the tools' cache may be emptied while the state still needs the plugin. */
function placeBinary(file: string, source: string): void {
  const note = `${file}.from`;
  if (existsSync(file) && existsSync(note) && readFileSync(note, "utf8") === source) return;
  place(file, (partial) => copyFileSync(source, partial));
  writeFileSync(note, source);
}

/** The plugin is written aside and renamed, so that an interrupted installation leaves no half of one. */
function place(file: string, write: (partial: string) => void): void {
  mkdirSync(join(file, ".."), { recursive: true });
  const partial = `${file}.${process.pid}`;
  write(partial);
  chmodSync(partial, 0o755);
  renameSync(partial, file);
}
