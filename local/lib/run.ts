import { spawn, type ChildProcess } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { LocalError } from "./failure.ts";

export interface RunOptions {
  cwd?: string;
  /** Variables besides our own; an undefined one is taken out. */
  env?: Record<string, string | undefined>;
  /** Text for its standard input, which is empty otherwise. */
  input?: string;
  /** Shows its output as it comes, instead of collecting it. */
  show?: boolean;
  /** Lets it end in its own time when this process is asked to end. */
  foreground?: boolean;
}

export interface RunResult {
  /** The command's exit code; 127 when there is no such command. */
  code: number;
  /** The command's standard output alone. */
  stdout: string;
  /** Both streams, in the order they came. */
  output: string;
}

/** Runs a command without a shell to its end, whatever its exit code. */
export type Run = (command: string, args: string[], options?: RunOptions) => Promise<RunResult>;

const children = new Set<ChildProcess>();
/** Commands that end in their own time. */
const foreground = new Set<ChildProcess>();

/** Ends every command that still runs in the background, each with all that it started itself. */
export function stopChildren(): void {
  for (const child of children) send(-(child.pid ?? NaN), "SIGTERM");
}

/**
 * Ends what is still running when this process is asked to end: half a build is no result. A command in the foreground
 * hears each signal, once, and this process goes on until it has ended: Pulumi has a state to write.
 */
export function endChildrenWithUs(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      stopChildren();
      if (foreground.size === 0) process.exit(130);
      // On a terminal that was closed Pulumi would end at once.
      for (const { pid = NaN } of foreground) send(pid, signal === "SIGHUP" ? "SIGTERM" : signal);
    });
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself meanwhile, or never started.
  }
}

/** Root's search path: a shell that became root with `su` often lacks the sbin folders. */
export function searchPath(env: NodeJS.ProcessEnv = process.env): string {
  const standard = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
  const own = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return [...new Set([...own, ...standard])].join(delimiter);
}

/** The file of a command on a search path. */
export function findCommand(name: string, path = searchPath()): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export const tryRun: Run = (command, args, options = {}) =>
  new Promise((resolve) => {
    const child = start(command, args, options);
    let stdout = "";
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (output += text));
    // A command that reads nothing may have ended before its input is written.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.input ?? "");
    child.on("error", (error) => resolve({ code: 127, stdout, output: error.message }));
    child.on("close", (code, signal) => {
      if (signal !== null) output += `\nsignal: ${signal}`;
      resolve({ code: code ?? 1, stdout, output });
    });
  });

function start(command: string, args: string[], options: RunOptions): ChildProcess {
  const { cwd, env, show = false } = options;
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, PATH: searchPath(), ...env },
    // In a group of its own no signal of the terminal reaches it beside ours.
    detached: true,
    stdio: show ? ["ignore", "inherit", "inherit"] : "pipe",
  });
  const group = options.foreground === true ? foreground : children;
  group.add(child);
  for (const end of ["error", "close"]) child.on(end, () => group.delete(child));
  return child;
}

/** Runs a command that must succeed, and returns its standard output; the end of its output becomes the error. */
export async function run(
  command: string,
  args: string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, output } = await tryRun(command, args, options);
  if (code === 0) return stdout;
  const reason = output.trim().split("\n").slice(-3).join(" ") || `exit ${code}`;
  throw new LocalError(`${[command, ...args].join(" ")} failed: ${reason}`);
}
