import { AsyncLocalStorage } from "node:async_hooks";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { repository } from "../../local/lib/paths.ts";

/** How a program ended, and what it said. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Starts a program of the tree as a user does, with these variables besides the test's own. */
export const startProgram = (file: string, args: string[], env: NodeJS.ProcessEnv = {}) =>
  new Promise<Ended>((resolve) => {
    const options = { env: { ...process.env, ...env } };
    execFile(
      process.execPath,
      [join(repository, file), ...args],
      options,
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr }),
    );
  });

const running = new AsyncLocalStorage<Ended>();
for (const name of ["stdout", "stderr"] as const) {
  const write = process[name].write.bind(process[name]) as (...args: unknown[]) => boolean;
  process[name].write = (text: Uint8Array | string, ...rest: unknown[]) => {
    const done = rest.at(-1);
    const program = running.getStore();
    if (program === undefined) return write(text, ...rest);
    program[name] += typeof text === "string" ? text : Buffer.from(text).toString("utf8");
    if (typeof done === "function") (done as () => void)();
    return true;
  };
}

let runs = 0;
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs the file of a program in this process, which spares what takes the time: to start Node, and to load what programs share.
 * The file itself is loaded anew. Programs run one after another, because arguments and variables are the process's own.
 */
export function runProgram(file: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  const ended = last.then(() => runHere(file, args, env));
  last = ended.catch(() => undefined);
  return ended;
}

async function runHere(file: string, args: string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  const own = { argv: process.argv, exitCode: process.exitCode, env: { ...process.env } };
  const path = join(repository, file);
  const ended: Ended = { code: 0, stdout: "", stderr: "" };
  process.argv = [process.execPath, path, ...args];
  process.exitCode = undefined;
  setVariables({ ...own.env, ...env });
  try {
    await running.run(ended, () => import(`${pathToFileURL(path).href}?run=${runs++}`));
    return Object.assign(ended, { code: Number(process.exitCode ?? 0) });
  } finally {
    process.argv = own.argv;
    process.exitCode = own.exitCode;
    setVariables(own.env);
  }
}

function setVariables(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env))
    if (env[name] === undefined) delete process.env[name];
  for (const [name, value] of Object.entries(env))
    if (value !== undefined && process.env[name] !== value) process.env[name] = value;
}
