/**
 * What the policy pack costs: node bench/policy.ts [--stack NAME] [--rounds N]
 *
 * First the time from starting the pack to its port. Then, when `pulumi` is on PATH and the stack can be previewed
 * from this shell, previews of it with the pack and with an empty pack, in turns, so that whatever else the machine
 * does meets both. Fails when the pack starts slower than 0.7 s or adds more than a quarter to a preview.
 */

import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("../", import.meta.url));
const emptyFolder = `${root}.local/empty-policy-pack/`;
const limits = { startMilliseconds: 700, addedShare: 0.25 };

/** The same way of starting, the same SDK, no policy. */
const emptyPack = `import "../../policy/quickstart.js";
import { createRequire } from "node:module";
const { PolicyPack } = createRequire(import.meta.url)("@pulumi/policy");
new PolicyPack("empty", { policies: [] });
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

interface Preview {
  seconds: number;
  ok: boolean;
  output: string;
}

function preview(stack: string, pack: string): Preview {
  const args = ["preview", "--stack", stack, "--non-interactive", "--policy-pack", pack];
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync("pulumi", args, {
    cwd: root,
    env: environment,
    encoding: "utf8",
  });
  return {
    seconds: (performance.now() - started) / 1000,
    ok: status === 0,
    output: `${stdout}${stderr}`,
  };
}

async function measureStart(pack: string, rounds: number): Promise<boolean> {
  const times: number[] = [];
  // The first start fills the caches of the disk.
  for (let round = 0; round <= rounds; round += 1) times.push(await startTime(pack));
  const time = median(times.slice(1));
  console.log(
    `pack start: ${time.toFixed(0)} ms (median of ${rounds}, limit ${limits.startMilliseconds} ms)`,
  );
  return time <= limits.startMilliseconds;
}

/** Undefined when the stack cannot be previewed here. */
function measurePreviews(
  stack: string,
  packs: { full: string; empty: string },
  rounds: number,
): boolean | undefined {
  const warm = preview(stack, packs.full);
  if (!warm.ok) {
    const last = warm.output.trim().split("\n").slice(-3).join("\n");
    console.log(
      `preview: "pulumi preview --stack ${stack}" does not succeed from this shell, so it is not measured:\n${last}`,
    );
    return undefined;
  }
  const full: number[] = [];
  const empty: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    empty.push(preview(stack, packs.empty).seconds);
    full.push(preview(stack, packs.full).seconds);
  }
  const share = median(full.map((seconds, round) => seconds / (empty[round] ?? Number.NaN))) - 1;
  console.log(
    `preview of ${stack}: ${median(empty).toFixed(2)} s with an empty pack, ${median(full).toFixed(2)} s with the pack; ` +
      `added ${(100 * share).toFixed(1)} % (median of ${rounds} pairs, limit ${100 * limits.addedShare} %)`,
  );
  return share <= limits.addedShare;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { stack: { type: "string" }, rounds: { type: "string" } },
  });
  const rounds = Number(values.rounds ?? "5");
  const packs = { full: `${root}policy/pack`, empty: writeEmptyPack() };
  try {
    const start = await measureStart(packs.full, rounds);
    const available = spawnSync("pulumi", ["version"]).error === undefined;
    if (!available) console.log("preview: pulumi is not on PATH, so it is not measured");
    const added = available ? measurePreviews(values.stack ?? "prod", packs, rounds) : undefined;
    if (!start || added === false) process.exitCode = 1;
  } finally {
    rmSync(emptyFolder, { recursive: true, force: true });
  }
}

await main();
