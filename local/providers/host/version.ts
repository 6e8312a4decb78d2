import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The version of the plugin that an installed SDK asks for. */
export function sdkVersion(name: string): string {
  const file = fileURLToPath(import.meta.resolve(`@pulumi/${name}/package.json`));
  const manifest = JSON.parse(readFileSync(file, "utf8")) as { pulumi?: { version?: string } };
  const version = manifest.pulumi?.version;
  if (version === undefined) throw new Error(`${file} names no plugin version.`);
  return version;
}
