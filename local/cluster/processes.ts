import { spawn } from "node:child_process";
import { open, readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { searchPath } from "../lib/run.ts";
import { LocalError } from "../lib/failure.ts";
import { namespacePath, type Layout } from "./layout.ts";
import { isAlive, parseIdentity, type ProcessIdentity } from "../lib/proc.ts";

export const processNames = [
  "etcd",
  "kube-apiserver",
  "containerd",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
  "kube-router",
] as const;
export type ProcessName = (typeof processNames)[number];

export interface ProcessSpec {
  name: ProcessName;
  command: string;
  args: string[];
  env?: Record<string, string>;
}

// The process notes its own id before anything else: even if the starter is killed right after the
// start, the note is there. It then joins the cluster's group, by which it is found without a note.
const launcher = `set -e
umask 022
echo "$$ $(cut -d ' ' -f 22 /proc/$$/stat)" > "$1.new"
mv "$1.new" "$1"
echo $$ > "$2/cgroup.procs"
shift 2
exec "$@"`;

/** A process whose start is awaited elsewhere; `ended` says how the process ended, if it did. */
export interface StartedProcess {
  name: ProcessName;
  ended: string | undefined;
}

export function pidFile(layout: Layout, name: ProcessName): string {
  return join(layout.pids, name);
}

function logFile(layout: Layout, name: string): string {
  return join(layout.logs, `${name}.log`);
}

/** Starts a process of its own session inside the namespace; it outlives this program. */
export async function startProcess(
  layout: Layout,
  cgroup: string,
  spec: ProcessSpec,
): Promise<StartedProcess> {
  const log = await open(logFile(layout, spec.name), "a", 0o600);
  try {
    // Not `ip netns exec`: it mounts /sys anew, which hides the version 1 cgroups.
    const enter = ["nsenter", `--net=${namespacePath}`, "--", spec.command, ...spec.args];
    const args = ["-c", launcher, "sh", pidFile(layout, spec.name), cgroup, ...enter];
    const child = spawn("/bin/sh", args, {
      cwd: "/",
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
      // Nothing of the caller's environment: it may hold secrets, and proxies would be followed.
      env: { PATH: searchPath({}), HOME: "/root", ...spec.env },
    });
    const started: StartedProcess = { name: spec.name, ended: undefined };
    child.on("error", (error) => (started.ended = error.message));
    child.on("exit", (code, name) => (started.ended = name ? `signal ${name}` : `code ${code}`));
    child.unref();
    return started;
  } finally {
    await log.close();
  }
}

/** Fails as soon as one of the processes has ended, with the end of its log. */
export async function failIfEnded(layout: Layout, processes: StartedProcess[]): Promise<void> {
  const failed = processes.find((process) => process.ended !== undefined);
  if (!failed) return;
  const file = logFile(layout, failed.name);
  const log = await readFile(file, "utf8").catch(() => "");
  const last = lastWords(log);
  throw new LocalError(`${failed.name} ended with ${failed.ended}: ${last} (all of it: ${file})`);
}

/** Finds the line of a log that most likely says why the program ended. */
export function lastWords(log: string): string {
  const lines = log.split("\n").filter((line) => line.trim() !== "");
  const error = lines.findLast((line) =>
    /^(E|F)\d{4} |"level":"(error|fatal)"|^Error:|level=(error|fatal)/.test(line),
  );
  return (error ?? lines.at(-1) ?? "its log is empty").trim().slice(0, 500);
}

async function readPidFile(file: string): Promise<ProcessIdentity | undefined> {
  return parseIdentity(await readFile(file, "utf8").catch(() => ""));
}

export async function isRunning(layout: Layout, name: ProcessName): Promise<boolean> {
  const identity = await readPidFile(pidFile(layout, name));
  return identity !== undefined && (await isAlive(identity));
}

export async function runningProcesses(layout: Layout): Promise<ProcessName[]> {
  const states = await Promise.all(processNames.map((name) => isRunning(layout, name)));
  return processNames.filter((_, at) => states[at]);
}

/** Lists the processes that pid files name and that really are the ones once started. */
export async function notedPids(layout: Layout): Promise<number[]> {
  const pids: number[] = [];
  for (const name of await readdir(layout.pids).catch(() => [])) {
    const identity = await readPidFile(join(layout.pids, name));
    if (identity && (await isAlive(identity))) pids.push(identity.pid);
  }
  return pids;
}
