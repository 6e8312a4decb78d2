import { execFile } from "node:child_process";
import { repository } from "../../local/lib/paths.ts";
import { kubeconfigFile, shellEnvironment } from "../../local/stack/environment.ts";
import type { StackName } from "../../local/stack/stacks.ts";

/** Runs a command of package.json as a user does, in a shell that knows the local stack; its end, and what it printed. */
export function command(stack: StackName, script: string, ...args: string[]) {
  return commandBy(kubeconfigFile(stack), stack, script, ...args);
}

/** Runs it with somebody else's access to the cluster. */
export function commandBy(kubeconfig: string, stack: StackName, script: string, ...args: string[]) {
  const env = { ...shellEnvironment(stack), KUBECONFIG: kubeconfig };
  return inShell(env, process.execPath, `operate/${script}.ts`, ...args);
}

/** Runs plain `pulumi` in such a shell. */
export const pulumi = (stack: StackName, ...args: string[]) =>
  inShell(shellEnvironment(stack), "pulumi", ...args);

const inShell = (env: NodeJS.ProcessEnv, program: string, ...args: string[]) =>
  new Promise<{ code: number; output: string }>((resolve) => {
    const options = { cwd: repository, env, maxBuffer: 1 << 26 };
    execFile(program, args, options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : 1, output: `${stdout.slice(-4000)}\n${stderr}` }),
    );
  });
