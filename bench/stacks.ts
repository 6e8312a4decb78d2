import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LocalError } from "../local/lib/failure.ts";
import { loadKubeconfig } from "../local/lib/kube.ts";
import { repository } from "../local/lib/paths.ts";
import { tryRun } from "../local/lib/run.ts";
import { inScratch } from "../local/lib/scratch.ts";
import { bin, configFile, environment, kubeconfigFile } from "../local/stack/environment.ts";
import type { StackName } from "../local/stack/stacks.ts";
import { openTunnel } from "../effects/tunnel.ts";
import { pgoKey, selectorText, workloads } from "../platform/workloads.ts";
import type { Command } from "./measure.ts";
import { flattened, type Deployment, type Place, relocated } from "./flat/state.ts";

const pulumi = join(bin, "pulumi");
const quiet = ["--non-interactive", "--suppress-outputs", "--suppress-progress"];

/** A preview of a local stack as it is. */
export const previewOf = (stack: StackName, ...args: string[]): Command => ({
  command: pulumi,
  args: ["preview", "--stack", stack, "--config-file", configFile(stack), ...quiet, ...args],
  cwd: repository,
  env: environment(kubeconfigFile(stack)),
});

/** Brings a local stack to what a stack file says, without a preview before. */
export const upOf = (stack: StackName, settings: string): Command => ({
  command: pulumi,
  args: ["up", "--yes", "--skip-preview", "--stack", stack, "--config-file", settings, ...quiet],
  cwd: repository,
  env: environment(kubeconfigFile(stack)),
});

type Word = "preview" | "up" | "destroy";

/** A program of this folder with a state of its own, which is gone after the work. */
export interface Bed {
  /** A command on it; variables are those by which the program is told what to register. */
  command(word: Word, args?: string[], env?: Record<string, string>): Command;
}

interface Program {
  folder: "empty" | "flat" | "scale";
  /** The text of its stack file. */
  settings?: string;
  /** What it has before. */
  state?: () => Promise<Deployment>;
}

/** Has a program that registers nothing. */
export const withEmptyProgram = <T>(work: (bed: Bed) => Promise<T>) =>
  inBed({ folder: "empty" }, work);

/** Has a program that registers so many applications on one platform. */
export const withApplications = <T>(settings: string, work: (bed: Bed) => Promise<T>) =>
  inBed({ folder: "scale", settings }, work);

const ports = { vault: 28200, postgres: 25432 };
const elsewhere: Place = {
  folder: repository,
  // As Pulumi.dev.yaml has them in `tunnels`.
  ports: { 18200: ports.vault, 15432: ports.postgres },
};
const setting = "of this benchmark";
const tunnels = [
  {
    localPort: ports.vault,
    namespace: workloads.vault.namespace,
    selector: selectorText(workloads.vault.labels),
    port: workloads.vault.ports.api,
    setting,
  },
  {
    localPort: ports.postgres,
    namespace: workloads.postgres.namespace,
    selector: selectorText({ [pgoKey("role")]: "master" }),
    port: workloads.postgres.ports.sql,
    setting,
  },
];

/**
 * Has one flat file that registers what stack dev has, with the same inputs. It has no tunnels of its own: these are open for
 * as long as this process runs, and cost it nothing.
 */
export async function withFlatProgram<T>(work: (bed: Bed) => Promise<T>): Promise<T> {
  const config = loadKubeconfig(kubeconfigFile("dev"));
  for (const tunnel of tunnels) await openTunnel(config, tunnel);
  const state = async () => relocated(flattened(await deploymentOf("dev")), elsewhere);
  return inBed({ folder: "flat", state }, work);
}

function inBed<T>(program: Program, work: (bed: Bed) => Promise<T>): Promise<T> {
  // The state of the flat program has the platform's secrets in clear, in a folder that only its owner may read.
  return inScratch(async (folder) => {
    const cwd = fileURLToPath(new URL(program.folder, import.meta.url));
    const settings = join(folder, "Pulumi.dev.yaml");
    const resources = join(folder, "deployment.json");
    // The stack's own passphrase, which its state tells from another.
    const env = {
      ...environment(kubeconfigFile("dev")),
      PULUMI_BACKEND_URL: `file://${folder}`,
      BENCH_DEPLOYMENT: resources,
    };
    // `stack init` writes into the folder it runs in.
    await writeFile(join(folder, "Pulumi.yaml"), "name: shlink-platform\nruntime: nodejs\n");
    await writeFile(settings, program.settings ?? "config: {}\n");
    await succeed(["stack", "init", "dev"], { cwd: folder, env });
    if (program.state !== undefined) {
      await writeFile(resources, JSON.stringify(await program.state()), { mode: 0o600 });
      await succeed(["stack", "import", "--stack", "dev", "--file", resources], { cwd, env });
    }
    const options = ["--stack", "dev", "--config-file", settings, ...quiet];
    return work({
      command: (word, args = [], own = {}) => ({
        command: pulumi,
        args: [word, ...options, ...args],
        cwd,
        env: { ...env, ...own },
      }),
    });
  });
}

/** The resources that a stack has. */
export const resourcesOf = async (stack: StackName) =>
  (await deploymentOf(stack, [])).deployment.resources;

/** The resources that a stack has, secrets in clear: they are for this process alone. */
export const openResourcesOf = async (stack: StackName) =>
  (await deploymentOf(stack)).deployment.resources;

/** The state of a stack, secrets in clear where they are to be shown. */
function deploymentOf(stack: StackName, show = ["--show-secrets"]): Promise<Deployment> {
  return inScratch(async (folder) => {
    const file = join(folder, "state.json");
    const env = environment(kubeconfigFile(stack));
    const args = ["stack", "export", "--stack", stack, ...show, "--file", file];
    await succeed(args, { cwd: repository, env });
    return JSON.parse(await readFile(file, "utf8")) as Deployment;
  });
}

async function succeed(args: string[], where: Pick<Command, "cwd" | "env">): Promise<void> {
  const { code, output } = await tryRun(pulumi, [...args, "--non-interactive"], where);
  if (code !== 0) throw new LocalError(`pulumi ${args.join(" ")} does not succeed:\n${output}`);
}
