import { execFile, spawn } from "node:child_process";
import { settingsKey } from "../platform/project.ts";

/** The Pulumi CLI on one stack: the only writer of the stack file, and of what follows from it. */
export interface Pulumi {
  /** Reads the settings as the stack file has them. */
  settings(): Promise<Record<string, unknown>>;
  /** Writes one setting into the stack file, by its path; comments in the file stay. */
  set(path: string, value: string): Promise<void>;
  /** Takes a setting out of the stack file. */
  unset(path: string): Promise<void>;
  /** Lists the resources of the stack's state, with nothing of what they hold. */
  made(): Promise<Made[]>;
  /** Runs `pulumi up` with what it prints shown. */
  up(...args: string[]): Promise<void>;
}

/** A resource of the state, and when it was made. */
export interface Made {
  urn: string;
  /** Absent: an old Pulumi CLI made it, which kept no time. */
  created?: string;
}

/**
 * Finds the Pulumi CLI on the PATH, for the named stack or the one that is selected.
 * @param more arguments for each `pulumi up`, such as those of a policy pack
 */
export function pulumiCli(stack: string | undefined, more: string[] = []): Pulumi {
  const chosen = ["--non-interactive", ...(stack === undefined ? [] : ["--stack", stack])];
  const config = (...args: string[]) => ask(["config", ...args, ...chosen]);
  return {
    settings: async () => settingsOf(await config("get", settingsKey)),
    set: async (path, value) =>
      void (await config("set", "--path", `${settingsKey}.${path}`, value)),
    unset: async (path) => void (await config("rm", "--path", `${settingsKey}.${path}`)),
    made: async () => madeIn(await ask(["stack", "export", ...chosen])),
    up: (...args) => show(["up", "--yes", "--skip-preview", ...args, ...more, ...chosen]),
  };
}

/** A stack file may have any value there, which is no object then. */
function settingsOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // What is no JSON gets the same answer.
  }
  throw new Error(`The stack file's ${settingsKey} is no object: look at docs/settings.md.`);
}

function madeIn(text: string): Made[] {
  const { deployment } = JSON.parse(text) as { deployment?: { resources?: Made[] } };
  return (deployment?.resources ?? []).map(({ urn, created }) => ({
    urn,
    ...(created !== undefined && { created }),
  }));
}

const missing = "There is no pulumi on the PATH: install the Pulumi CLI.";

/** A state of a thousand resources has some megabytes. */
const mostOutput = 256 * 1024 * 1024;

function ask(args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      "pulumi",
      args,
      { encoding: "utf8", maxBuffer: mostOutput },
      (error, stdout, stderr) => {
        if (error === null) return resolve(stdout);
        const reason = error.code === "ENOENT" ? missing : stderr.trim() || error.message;
        reject(new Error(reason));
      },
    );
  });
}

/**
 * Lets this program end after its child, which ends in order: it writes down what it has done. A terminal tells both of Ctrl-C;
 * of the other signals the child is told here.
 */
function outlive(handOn: (signal: NodeJS.Signals) => void): () => void {
  const stay = () => undefined;
  process.on("SIGINT", stay).on("SIGTERM", handOn).on("SIGHUP", handOn);
  return () => void process.off("SIGINT", stay).off("SIGTERM", handOn).off("SIGHUP", handOn);
}

function show(args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    // From its first moment on: what it begins is not to go on alone.
    const endWaiting = outlive((signal) => void child.kill(signal));
    const child = spawn("pulumi", args, { stdio: ["ignore", "inherit", "inherit"] });
    child.once("error", () => reject(new Error(missing)));
    child.once("error", endWaiting).once("close", endWaiting);
    child.once("close", (code, signal) => {
      const how = code === null ? `was ended by ${signal}` : "failed";
      if (code === 0) return resolve();
      reject(new Error(`pulumi up ${how}: correct what it says above, and run this again.`));
    });
  });
}
