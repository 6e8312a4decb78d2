import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "mocha";
import { repository } from "../../local/lib/paths.ts";

export interface Ended {
  status: number | null;
  stdout: string;
  /** Standard error, line by line. */
  reported: string[];
}

/** A folder for each test, in which the commands that it runs keep their state and their cache. */
export let home = "";

export function useHome(): void {
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "shlink-platform-home-"));
  });
  afterEach(() => rmSync(home, { recursive: true }));
}

export function run(command: string, args: string[], env: NodeJS.ProcessEnv = {}): Ended {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: repository,
    env: { ...process.env, XDG_STATE_HOME: home, XDG_CACHE_HOME: join(home, "cache"), ...env },
    encoding: "utf8",
    timeout: 30_000,
  });
  return { status, stdout, reported: stderr.trimEnd().split("\n") };
}

export function executable(file: string, script: string): void {
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}
