import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { LocalError } from "../lib/failure.ts";
import { cacheFolder, pulumiFolder } from "../lib/paths.ts";
import type { StackName } from "./stacks.ts";

export const home = join(pulumiFolder, "home");
export const state = join(pulumiFolder, "state");
export const bin = join(pulumiFolder, "bin");
export const passphraseFile = join(pulumiFolder, "passphrase");
/** Names the file of the committed stack file with the encryption salt of this machine's stack. */
export const configFile = (stack: StackName) => join(pulumiFolder, `Pulumi.${stack}.yaml`);
/** Names the kubeconfig whose context has the name that the stack file asks for. */
export const kubeconfigFile = (stack: StackName) => join(pulumiFolder, `kubeconfig.${stack}.yaml`);

/** The variables by which plain `pulumi` finds the stack; commands of ours say both themselves. */
const choice = (stack: StackName) => ({
  PULUMI_STACK: stack,
  PULUMI_OPTION_CONFIG_FILE: configFile(stack),
});

/** Whether somebody else's passphrase is given; a shell that has our own variables gives none. */
export function passphraseIsGiven(env: NodeJS.ProcessEnv = process.env): boolean {
  if (env["PULUMI_CONFIG_PASSPHRASE"] !== undefined) return true;
  const file = env["PULUMI_CONFIG_PASSPHRASE_FILE"];
  return file !== undefined && file !== passphraseFile;
}

/** Makes the environment of Pulumi's CLI. An undefined variable is one that it must not have. */
export function environment(kubeconfig: string): Record<string, string | undefined> {
  return {
    ...settings(kubeconfig),
    PATH: [...folders(), process.env["PATH"]].join(":"),
    PULUMI_STACK: undefined,
    PULUMI_OPTION_CONFIG_FILE: undefined,
  };
}

/** Makes the variables of a shell in which plain `pulumi` and `kubectl` reach a stack, but for its PATH. */
const shellVariables = (stack: StackName) => ({
  ...settings(kubeconfigFile(stack)),
  ...choice(stack),
});

/** Makes the environment of a command that runs plain `pulumi`. */
export const shellEnvironment = (stack: StackName): NodeJS.ProcessEnv => ({
  ...process.env,
  ...shellVariables(stack),
  PATH: [...folders(), process.env["PATH"]].join(":"),
});

/** Makes the lines by which a shell's plain `pulumi` and `kubectl` reach a stack of the local cluster. */
export function exportLines(stack: StackName): string {
  if (!existsSync(configFile(stack)))
    throw new LocalError("There is no local stack yet: run make up first.");
  const lines = Object.entries(shellVariables(stack)).map(
    ([name, value]) => `export ${name}=${quoted(value)}`,
  );
  return [...lines, `export PATH=${folders().map(quoted).join(":")}:"$PATH"`, ""].join("\n");
}

/** The engine looks for node on PATH, too. */
const folders = () => [dirname(process.execPath), bin];

const settings = (kubeconfig: string) => ({
  ...(passphraseIsGiven() ? {} : { PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile }),
  KUBECONFIG: kubeconfig,
  PULUMI_HOME: home,
  PULUMI_BACKEND_URL: `file://${state}`,
  PULUMI_SKIP_UPDATE_CHECK: "true",
  PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
  PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
  NODE_COMPILE_CACHE: join(cacheFolder(), "node-compile"),
});

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
