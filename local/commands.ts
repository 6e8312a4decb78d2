import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Settings } from "../settings/index.ts";
import { clusterCommand } from "./cluster/command.ts";
import { checkHost, clusterStatus, stopCluster } from "./cluster/index.ts";
import { LocalError } from "./lib/failure.ts";
import { chartMirror, clusterFolder, repository, supplyRecord } from "./lib/paths.ts";
import { devSettings, entryOf } from "./stack/entry.ts";
import { prepare } from "./stack/prepare.ts";
import { clearLeftovers } from "./stack/leftovers.ts";
import { existingPulumi, removePulumi } from "./stack/pulumi.ts";
import { type Entry, readApiKey, smoke } from "./stack/smoke.ts";
import { stackName } from "./stack/stacks.ts";

const begun = Date.now();
const kubeconfig = join(clusterFolder(), "kubeconfig");

function report(line: string): void {
  const seconds = ((Date.now() - begun) / 1000).toFixed(0).padStart(5);
  process.stdout.write(`${seconds} s  ${line}\n`);
}

async function up(): Promise<void> {
  // Before anything is fetched or built for a cluster that could not start.
  if ((await clusterStatus()).state === "absent") await checkHost({ withCommands: false });
  const { pulumi } = await prepare(report);
  await clearLeftovers("dev", pulumi, report);
  report("pulumi up: about three minutes from here");
  if (!(await pulumi.show("up", "--yes", "--skip-preview", "--suppress-outputs")))
    throw new LocalError(
      "pulumi up failed; what was made is kept, and make up goes on from there.",
    );
  await test();
}

async function test(): Promise<void> {
  await requireRunning();
  const settings = await devSettings();
  const target = entryOf(settings);
  const link = await smoke(target, await readApiKey(kubeconfig));
  const url = `http://${target.address}:${target.port}`;
  report("A link was created, followed and counted.");
  process.stdout.write(`
  ${link.shortUrl}   (this machine reaches it at ${url} under the host name ${target.host})

  Follow it:    curl -i -H 'Host: ${target.host}' ${url}/${link.shortCode}
  The API key:  export KUBECONFIG=${kubeconfig}
                kubectl -n shlink get secret shlink-secrets -o jsonpath='{.data.api-key}' | base64 -d
${pageHint(settings, target)}`);
}

/** No DNS knows the page's name, and the API takes calls from that name alone: a browser has to be told both addresses. */
function pageHint({ webClient }: Settings, { address, port, host }: Entry): string {
  if (webClient.mode === "none") return "";
  const rules = [host, webClient.host].map((name) => `MAP ${name}:80 ${address}:${port}`);
  return `  The page:     chromium --host-resolver-rules="${rules.join(", ")}" http://${webClient.host}\n`;
}

async function preview(words: string[]): Promise<void> {
  const stack = stackName(words[0] ?? "dev");
  await requireRunning();
  if (!(await existingPulumi(stack).show("preview", "--diff")))
    throw new LocalError("pulumi preview failed.");
}

async function down(): Promise<void> {
  await requireRunning();
  const pulumi = existingPulumi();
  await clearLeftovers("dev", pulumi, report);
  if (!(await pulumi.destroy()))
    throw new LocalError(
      "pulumi destroy did not come to its end: make down goes on from there, make clean-local removes the cluster with all in it.",
    );
  await clean();
}

async function clean(): Promise<void> {
  report("Stopping the local cluster");
  await stopCluster();
  await removePulumi();
  await rm(chartMirror, { recursive: true, force: true });
  await rm(supplyRecord, { force: true });
  await rm(join(repository, ".run"), { recursive: true, force: true });
  report("Nothing of it is left on this machine but the cache of tools and images.");
}

async function requireRunning(): Promise<void> {
  const { state } = await clusterStatus();
  if (state !== "running")
    throw new LocalError("The local cluster does not run: start it with make up.");
}

/** The commands that look at the cluster or change it. */
export const commands = {
  up,
  smoke: test,
  preview,
  down,
  clean,
  cluster: (words) => clusterCommand(words, report),
} satisfies Record<string, (words: string[]) => Promise<void>>;
