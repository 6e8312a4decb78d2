import { spawn, type ChildProcess } from "node:child_process";

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
}

export interface RunResult {
  code: number;
  /** Standard output alone. */
  stdout: string;
  /** Both streams, in the order they came. */
  output: string;
}

/** Runs a command without a shell; tests hand in their own. */
export type Run = (command: string, args: string[], options?: RunOptions) => Promise<RunResult>;

const children = new Set<ChildProcess>();

/** Ends every command that still runs, each with all that it started itself. */
export function stopChildren(): void {
  for (const { pid } of children) {
    try {
      if (pid !== undefined) process.kill(-pid, "SIGTERM");
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

/** Ends what is still running when this process is asked to end: half a build is no result. */
export function endChildrenWithUs(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      stopChildren();
      process.exit(130);
    });
}

export const run: Run = (command, args, { cwd, env } = {}) =>
  new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, detached: true });
    let stdout = "";
    let output = "";
    children.add(child);
    child.stdin.end();
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      output += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", (error) => {
      children.delete(child);
      resolve({ code: 127, stdout, output: error.message });
    });
    child.on("close", (code, signal) => {
      children.delete(child);
      if (signal !== null) output += `\nsignal: ${signal}`;
      resolve({ code: code ?? 1, stdout, output });
    });
  });
