/**
 * What the policy pack costs: make bench-policy, with the local cluster running (make up).
 *
 * First the time from starting the pack to its port. Then previews of the prod stack's rehearsal with the pack and with
 * an empty pack, in turns, so that whatever else the machine does meets both. Fails when the pack starts slower than
 * 0.7 s or adds more than a quarter to a preview.
 */

import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { LocalError } from "../local/lib/failure.ts";
import { existingPulumi } from "../local/stack/pulumi.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const emptyFolder = `${root}.local/empty-policy-pack/`;
const rounds = 7;
const limits = { startMilliseconds: 700, addedShare: 0.25 };

/** The same way of starting, the same SDK, no policy. */
const emptyPack = `import module from "node:module";
module.enableCompileCache();
await import("../../policy/fast-start.ts");
const { PolicyPack } = await import("@pulumi/policy");
new PolicyPack("empty", { policies: [] });
module.flushCompileCache();
`;

function writeEmptyPack(): string {
  mkdirSync(emptyFolder, { recursive: true });
  writeFileSync(
    `${emptyFolder}package.json`,
    '{ "name": "empty", "version": "1.0.0", "type": "module" }\n',
  );
  writeFileSync(`${emptyFolder}index.js`, emptyPack);
  const script = `${emptyFolder}pack`;
  writeFileSync(script, '#!/bin/sh\ncd "$(dirname "$0")" && exec "${NODE:-node}" index.js "$1"\n');
  chmodSync(script, 0o755);
  return script;
}

const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

const environment = { ...process.env, NODE: process.execPath };

function startTime(pack: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(pack, ["127.0.0.1:1"], {
      env: environment,
      stdio: ["ignore", "pipe", "inherit"],
    });
    child.on("error", reject);
    child.stdout.once("data", () => {
      resolve(performance.now() - started);
      child.kill();
    });
  });
}

const stack = "prod-rehearsal";

/** Seconds of one preview. */
async function preview(pack: string): Promise<number> {
  const pulumi = existingPulumi(stack);
  const started = performance.now();
  const { code, output } = await pulumi.run("preview", "--policy-pack", pack);
  if (code !== 0) throw new LocalError(`The preview of ${stack} does not succeed:\n${output}`);
  return (performance.now() - started) / 1000;
}

async function measureStart(pack: string): Promise<boolean> {
  const times: number[] = [];
  // The first start fills the caches of the disk.
  for (let round = 0; round <= rounds; round += 1) times.push(await startTime(pack));
  const time = median(times.slice(1));
  console.log(
    `pack start: ${time.toFixed(0)} ms (median of ${rounds}, limit ${limits.startMilliseconds} ms)`,
  );
  return time <= limits.startMilliseconds;
}

async function measurePreviews(packs: { full: string; empty: string }): Promise<boolean> {
  await preview(packs.full);
  const full: number[] = [];
  const empty: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    empty.push(await preview(packs.empty));
    full.push(await preview(packs.full));
  }
  const share = median(full.map((seconds, round) => seconds / (empty[round] ?? Number.NaN))) - 1;
  console.log(
    `preview of ${stack}: ${median(empty).toFixed(2)} s with an empty pack, ${median(full).toFixed(2)} s with the pack; ` +
      `added ${(100 * share).toFixed(1)} % (median of ${rounds} pairs, limit ${100 * limits.addedShare} %)`,
  );
  return share <= limits.addedShare;
}

async function main(): Promise<void> {
  const packs = { full: `${root}policy/pack`, empty: writeEmptyPack() };
  try {
    const start = await measureStart(packs.full);
    const added = await measurePreviews(packs);
    if (!start || !added) process.exitCode = 1;
  } finally {
    rmSync(emptyFolder, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof LocalError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
