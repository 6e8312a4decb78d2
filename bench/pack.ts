import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repository } from "../local/lib/paths.ts";
import { measure } from "./measure.ts";
import { type Benchmark, compare, type Line } from "./pairs.ts";
import { previewOf } from "./stacks.ts";

const emptyFolder = join(repository, ".local/empty-policy-pack");

/** The same way of starting, the same SDK, no policy. */
const emptyPack = `import module from "node:module";
module.enableCompileCache();
await import("../../policy/fast-start.ts");
const { PolicyPack } = await import("@pulumi/policy");
new PolicyPack("empty", { policies: [] });
module.flushCompileCache();
`;

const line: Line = {
  name: "preview with the policy pack / with an empty pack",
  goals: { seconds: 1.2, cpu: 1.2 },
};

/** What the policy pack adds to a preview. */
export const pack: Benchmark = {
  needs: "stack",
  lines: [line],
  minutes: { own: 3, base: 0 },
  measure: async ({ pairs }) => {
    const full = join(repository, "policy/pack");
    const empty = await writeEmptyPack();
    const settings = ["--policy-pack-config", join(repository, "policy/config/dev.json")];
    const subject = () => measure(previewOf("dev", "--policy-pack", full, ...settings));
    const baseline = () => measure(previewOf("dev", "--policy-pack", empty));
    try {
      return [await compare({ ...line, pairs, subject, baseline })];
    } finally {
      await rm(emptyFolder, { recursive: true });
    }
  },
};

async function writeEmptyPack(): Promise<string> {
  await mkdir(emptyFolder, { recursive: true });
  const about = '{ "name": "empty", "version": "1.0.0", "type": "module" }\n';
  await writeFile(join(emptyFolder, "package.json"), about);
  await writeFile(join(emptyFolder, "index.js"), emptyPack);
  const script = join(emptyFolder, "pack");
  await writeFile(
    script,
    '#!/bin/sh\ncd "$(dirname "$0")" && exec "${NODE:-node}" index.js "$1"\n',
  );
  await chmod(script, 0o755);
  return script;
}
