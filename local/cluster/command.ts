import { spawn } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { ClusterError } from "./failure.ts";

/** The search path of root: a shell that became root with `su` often lacks the sbin folders. */
export function searchPath(env: NodeJS.ProcessEnv = process.env): string {
  const standard = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
  const own = (env["PATH"] ?? "").split(":").filter((folder) => folder !== "");
  return [...new Set([...own, ...standard])].join(":");
}

export async function findCommand(name: string): Promise<string | undefined> {
  for (const folder of searchPath().split(":")) {
    const candidate = join(folder, name);
    const found = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return candidate;
  }
  return undefined;
}

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a command to its end, whatever its exit code. */
export function tryRun(command: string, args: string[], input?: string): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, PATH: searchPath() } });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", (error) => reject(new ClusterError(`${command}: ${error.message}`)));
    child.on("close", (code) => resolve({ code: code ?? 1, stdout, stderr }));
    child.stdin.on("error", () => undefined);
    child.stdin.end(input ?? "");
  });
}

/** Runs a command that must succeed; its error output becomes the error. */
export async function run(command: string, args: string[], input?: string): Promise<string> {
  const result = await tryRun(command, args, input);
  if (result.code === 0) return result.stdout;
  const reason = result.stderr.trim().split("\n").slice(-3).join(" ") || `exit ${result.code}`;
  throw new ClusterError(`${[command, ...args].join(" ")} failed: ${reason}`);
}
