import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LocalError } from "../lib/failure.ts";
import { cacheFolder, pulumiFolder, repository } from "../lib/paths.ts";
import { tryRun, type RunOptions, type RunResult } from "../lib/run.ts";
import { installPlugins } from "../providers/install.ts";
import { accessOf, contextOf, type StackName, stackFile, stacks } from "./stacks.ts";
import type { Tools } from "../toolchain/index.ts";

/** The Pulumi CLI with a file backend of its own, for one stack on the local cluster. */
export interface Pulumi {
  /** Runs a command on the stack with its output shown; false when Pulumi failed. */
  show(...args: string[]): Promise<boolean>;
  /** Runs a command on the stack and reports how it ended. */
  run(...args: string[]): Promise<RunResult>;
}

/** A program of another folder on the same stack, with its own settings and environment. */
export interface Program {
  cwd: string;
  configFile: string;
  env: Record<string, string>;
}

const home = join(pulumiFolder, "home");
const state = join(pulumiFolder, "state");
const bin = join(pulumiFolder, "bin");
const passphraseFile = join(pulumiFolder, "passphrase");
/** Names the file of the committed stack file with the encryption salt of this machine's stack. */
const configFile = (stack: StackName) => join(pulumiFolder, `Pulumi.${stack}.yaml`);

/** Names the kubeconfig whose context has the name that the stack file asks for. */
export const kubeconfigFile = (stack: StackName) => join(pulumiFolder, `kubeconfig.${stack}.yaml`);

/** Puts CLI, language host and plugins in place and makes the stacks, as far as that is still to do. */
export async function installPulumi(tools: Tools, kubeconfig: string): Promise<Pulumi> {
  for (const folder of [home, state, bin]) await mkdir(folder, { recursive: true, mode: 0o700 });
  // The engine looks for the language host beside the CLI's own file.
  for (const name of ["pulumi", "pulumi-language-nodejs"])
    await place(await tools.path(name), join(bin, name));
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
  return {
    show: async (...args) => (await pulumi(target(args), { env, cwd, show: true })).code === 0,
    run: (...args) => pulumi(target(args), { env, cwd }),
  };
}

/** Forgets the stack and everything else of Pulumi's on this machine. */
export async function removePulumi(): Promise<void> {
  await rm(pulumiFolder, { recursive: true, force: true });
}

async function place(from: string, to: string): Promise<void> {
  await rm(to, { force: true });
  await copyFile(from, to);
  await chmod(to, 0o755);
}

async function ensurePassphrase(): Promise<void> {
  if (process.env["PULUMI_CONFIG_PASSPHRASE"] !== undefined) return;
  if (process.env["PULUMI_CONFIG_PASSPHRASE_FILE"] !== undefined) return;
  if (existsSync(passphraseFile)) return;
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

function environment(kubeconfig: string): Record<string, string> {
  const given =
    process.env["PULUMI_CONFIG_PASSPHRASE"] ?? process.env["PULUMI_CONFIG_PASSPHRASE_FILE"];
  return {
    ...(given === undefined ? { PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile } : {}),
    PATH: [dirname(process.execPath), bin, process.env["PATH"]].join(":"),
    KUBECONFIG: kubeconfig,
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
    PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
    NODE_COMPILE_CACHE: join(cacheFolder(), "node-compile"),
  };
}

const pulumi = (args: string[], options: RunOptions) =>
  tryRun(join(bin, "pulumi"), [...args, "--non-interactive"], { ...options, foreground: true });
