import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LocalError } from "../local/lib/failure.ts";
import { repository } from "../local/lib/paths.ts";
import { tryRun } from "../local/lib/run.ts";
import { inScratch } from "../local/lib/scratch.ts";
import { bin, configFile, environment, kubeconfigFile } from "../local/stack/environment.ts";
import type { StackName } from "../local/stack/stacks.ts";
import type { Command } from "./measure.ts";
import { flattened, type Deployment } from "./flat/state.ts";

const pulumi = join(bin, "pulumi");
const quiet = ["--non-interactive", "--suppress-outputs", "--suppress-progress"];

/** A preview of a local stack as it is. */
export const previewOf = (stack: StackName, ...args: string[]): Command => ({
  command: pulumi,
  args: ["preview", "--stack", stack, "--config-file", configFile(stack), ...quiet, ...args],
  cwd: repository,
  env: environment(kubeconfigFile(stack)),
});

/** A program of this folder with a state of its own, which is gone after the work. */
export interface Bed {
  preview: Command;
}

/** Previews of a program that registers nothing. */
export const withEmptyProgram = (work: (bed: Bed) => Promise<void>) =>
  inBed("empty", () => Promise.resolve(undefined), work);

/** Previews of one flat file that registers what stack dev has, with the same inputs. */
export const withFlatProgram = (work: (bed: Bed) => Promise<void>) =>
  inBed("flat", async () => flattened(await deploymentOf("dev")), work);

function inBed(
  program: "empty" | "flat",
  makeState: () => Promise<Deployment | undefined>,
  work: (bed: Bed) => Promise<void>,
): Promise<void> {
  // The state of the flat program has the platform's secrets in clear, in a folder that only its owner may read.
  return inScratch(async (folder) => {
    const cwd = fileURLToPath(new URL(program, import.meta.url));
    const settings = join(folder, "Pulumi.dev.yaml");
    const resources = join(folder, "deployment.json");
    const env = {
      ...environment(kubeconfigFile("dev")),
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: "bench",
      PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
      BENCH_DEPLOYMENT: resources,
    };
    const options = ["--stack", "dev", "--config-file", settings, ...quiet];
    await writeFile(settings, "config: {}\n");
    await succeed(["stack", "init", "dev", "--config-file", settings], { cwd, env });
    const state = await makeState();
    if (state !== undefined) {
      await writeFile(resources, JSON.stringify(state), { mode: 0o600 });
      await succeed(["stack", "import", "--stack", "dev", "--file", resources], { cwd, env });
    }
    await work({ preview: { command: pulumi, args: ["preview", ...options], cwd, env } });
  });
}

/** The state of a stack, secrets in clear. */
function deploymentOf(stack: StackName): Promise<Deployment> {
  return inScratch(async (folder) => {
    const file = join(folder, "state.json");
    const env = environment(kubeconfigFile(stack));
    const args = ["stack", "export", "--stack", stack, "--show-secrets", "--file", file];
    await succeed(args, { cwd: repository, env });
    return JSON.parse(await readFile(file, "utf8")) as Deployment;
  });
}

async function succeed(args: string[], where: Pick<Command, "cwd" | "env">): Promise<void> {
  const { code, output } = await tryRun(pulumi, [...args, "--non-interactive"], where);
  if (code !== 0) throw new LocalError(`pulumi ${args.join(" ")} does not succeed:\n${output}`);
}
