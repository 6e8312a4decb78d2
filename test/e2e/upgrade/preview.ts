import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import packages from "../../../package.json" with { type: "json" };
import { repository } from "../../../local/lib/paths.ts";
import { home } from "../../../local/stack/environment.ts";
import { existingPulumi } from "../../../local/stack/pulumi.ts";

const name = "@pulumi/kubernetes";
const plugin = (version: string) => join(home, "plugins", `resource-kubernetes-v${version}`);

/** Puts this program into a folder of its own, where one npm package has another version. */
function programWith(version: string): string {
  const folder = mkdtempSync(join(tmpdir(), "shlink-platform-program-"));
  const skipped = new Set(["node_modules", ".git", ".local", ".run", "test"]);
  for (const entry of readdirSync(repository))
    if (!skipped.has(entry))
      cpSync(join(repository, entry), join(folder, entry), { recursive: true });
  // The settings name the mirror of charts from here.
  symlinkSync(join(repository, ".local"), join(folder, ".local"));
  const [from, to] = [join(repository, "node_modules"), join(folder, "node_modules")];
  mkdirSync(join(to, "@pulumi"), { recursive: true });
  const link = (entry: string) => symlinkSync(join(from, entry), join(to, entry));
  for (const entry of readdirSync(from)) if (entry !== "@pulumi") link(entry);
  for (const entry of readdirSync(join(from, "@pulumi")))
    if (entry !== "kubernetes") link(join("@pulumi", entry));
  const archive = execFileSync("npm", ["pack", "--silent", `${name}@${version}`], { cwd: folder });
  mkdirSync(join(to, name));
  const options = ["--strip-components=1", "--directory", join(to, name)];
  execFileSync("tar", ["-xzf", join(folder, archive.toString().trim()), ...options]);
  return folder;
}

/**
 * What `pulumi preview` plans once the program has another version of the Kubernetes package, by operation and type. No
 * registry here has the plugin of that version: the one of today answers to its name.
 */
export async function plannedWith(version: string, configFile: string): Promise<string[]> {
  const folder = programWith(version);
  const stand = plugin(version);
  const isNew = !existsSync(stand);
  if (isNew) cpSync(plugin(packages.dependencies[name]), stand, { recursive: true });
  try {
    const pulumi = existingPulumi("dev", { cwd: folder, configFile, env: {} });
    const { code, stdout, output } = await pulumi.run("preview", "--json");
    assert.equal(code, 0, output);
    // What stays is counted only, but for the stack itself.
    const { steps = [], changeSummary } = JSON.parse(stdout) as {
      steps?: { op: string; urn: string }[];
      changeSummary: { same?: number };
    };
    assert.ok((changeSummary.same ?? 0) > 50, stdout);
    return steps
      .filter(({ op }) => op !== "same")
      .map(({ op, urn }) => `${op} ${urn.split("::").at(-2)?.split("$").at(-1)}`);
  } finally {
    rmSync(folder, { recursive: true });
    if (isNew) rmSync(stand, { recursive: true });
  }
}
