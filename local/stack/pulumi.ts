import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LocalError } from "../lib/failure.ts";
import { pulumiFolder, repository } from "../lib/paths.ts";
import { publishFile } from "../lib/publish.ts";
import { tryRun, type RunOptions, type RunResult } from "../lib/run.ts";
import { installPlugins } from "../providers/install.ts";
import {
  bin,
  configFile,
  environment,
  home,
  kubeconfigFile,
  passphraseFile,
  passphraseIsGiven,
  state,
} from "./environment.ts";
import { languageHostScript } from "./language-host.ts";
import { accessOf, contextOf, type StackName, stackFile, stacks } from "./stacks.ts";
import type { Tools } from "../toolchain/index.ts";

/** The Pulumi CLI with a file backend of its own, for one stack on the local cluster. */
export interface Pulumi {
  /** Runs a command on the stack with its output shown; false when Pulumi failed. */
  show(...args: string[]): Promise<boolean>;
  /** Runs a command on the stack and reports how it ended. */
  run(...args: string[]): Promise<RunResult>;
  /** Destroys the stack with the output shown; false when anything of it is left. */
  destroy(): Promise<boolean>;
  /** Keeps a secret value for the program. It goes by the standard input: arguments can be read by others. */
  setSecret(name: string, value: string): Promise<RunResult>;
}

/** A program of another folder on the same stack, with its own settings and environment. */
export interface Program {
  cwd: string;
  configFile: string;
  env: Record<string, string>;
}

/** Puts CLI, language host and plugins in place and makes the stacks, as far as that is still to do. */
export async function installPulumi(tools: Tools, kubeconfig: string): Promise<Pulumi> {
  for (const folder of [home, state, bin]) await mkdir(folder, { recursive: true, mode: 0o700 });
  // The engine looks for the language host beside the CLI's own file.
  await place(await tools.path("pulumi"), join(bin, "pulumi"));
  await place(await tools.path("pulumi-language-nodejs"), join(bin, "language-host"));
  const script = join(bin, "pulumi-language-nodejs");
  await publishFile(script, (file) => file.writeFile(languageHostScript), 0o755);
  installPlugins(home, process.execPath, {
    kubernetesPlugin: await tools.path("pulumi-resource-kubernetes"),
  });
  await ensurePassphrase();
  for (const stack of Object.keys(stacks) as StackName[]) await ensureStack(kubeconfig, stack);
  return existingPulumi();
}

/** Finds Pulumi as `installPulumi` left it, for one stack. */
export function existingPulumi(
  stack: StackName = "dev",
  program: Program = { cwd: repository, configFile: configFile(stack), env: {} },
): Pulumi {
  if (!existsSync(join(bin, "pulumi")))
    throw new LocalError("There is no local stack yet: run make up first.");
  const { cwd } = program;
  const env = { ...environment(kubeconfigFile(stack)), ...program.env };
  // Commands on a stack or its state alone know no settings.
  const settings = (args: string[]) =>
    ["stack", "state"].includes(args[0] ?? "") ? [] : ["--config-file", program.configFile];
  const target = (args: string[]) => [...args, "--stack", stack, ...settings(args)];
  const run = (...args: string[]) => pulumi(target(args), { env, cwd });
  const show = async (...args: string[]) =>
    (await pulumi(target(args), { env, cwd, show: true })).code === 0;
  return {
    show,
    run,
    // Pulumi calls a destroy that was interrupted a success (3.259).
    destroy: async () =>
      (await show("destroy", "--yes", "--skip-preview")) && isEmpty(await run("stack", "export")),
    setSecret: (name, input) =>
      pulumi(target(["config", "set", "--secret", name]), { env, cwd, input }),
  };
}

function isEmpty({ code, stdout }: RunResult): boolean {
  if (code !== 0) return false;
  const { deployment } = JSON.parse(stdout) as { deployment: { resources?: unknown[] } };
  return (deployment.resources ?? []).length === 0;
}

/** Forgets the stack and everything else of Pulumi's on this machine. */
export async function removePulumi(): Promise<void> {
  await rm(pulumiFolder, { recursive: true, force: true });
}

/** Aside and renamed: an engine may be running it. */
async function place(from: string, to: string): Promise<void> {
  const partial = `${to}.${process.pid}`;
  await copyFile(from, partial);
  await chmod(partial, 0o755);
  await rename(partial, to);
}

async function ensurePassphrase(): Promise<void> {
  if (passphraseIsGiven() || existsSync(passphraseFile)) return;
  if (existsSync(join(state, ".pulumi/stacks")))
    throw new LocalError(
      `The passphrase of the local stack is missing: put it back into ${passphraseFile} or set PULUMI_CONFIG_PASSPHRASE, ` +
        "or remove the stack with make clean-local.",
    );
  await writeFile(passphraseFile, randomBytes(24).toString("base64url"), { mode: 0o600 });
}

/**
 * `stack init` writes the salt into the stack file of the folder it runs in. That folder is one of ours,
 * so that the committed stack files stay as they are.
 */
async function ensureStack(kubeconfig: string, stack: StackName): Promise<void> {
  const initFolder = join(pulumiFolder, "init");
  const salted = join(initFolder, `Pulumi.${stack}.yaml`);
  if (!existsSync(salted)) {
    await mkdir(initFolder, { recursive: true });
    await writeFile(join(initFolder, "Pulumi.yaml"), "name: shlink-platform\nruntime: nodejs\n");
    const env = environment(kubeconfig);
    const result = await pulumi(["stack", "init", stack], { env, cwd: initFolder });
    if (result.code !== 0)
      throw new LocalError(`The local stack cannot be made: ${result.output.trim()}`);
  }
  const salt = /^encryptionsalt:.*$/m.exec(await readFile(salted, "utf8"))?.[0] ?? "";
  const settings = await stackFile(stack);
  await writeFile(configFile(stack), `${settings}${salt}\n`);
  const access = accessOf(await readFile(kubeconfig, "utf8"), contextOf(settings));
  await writeFile(kubeconfigFile(stack), access, { mode: 0o600 });
}

const pulumi = (args: string[], options: RunOptions) =>
  tryRun(join(bin, "pulumi"), [...args, "--non-interactive"], { ...options, foreground: true });
