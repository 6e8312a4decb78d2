import { parse } from "yaml";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Settings } from "../settings/index.ts";
import {
  checkHost,
  ClusterError,
  clusterStatus,
  defaultStateDir,
  nodeAddress,
  stopCluster,
} from "./cluster/index.ts";
import { withLock } from "./cluster/lock.ts";
import { LocalError } from "./failure.ts";
import { chartMirror, commandLock, repository, supplyRecord } from "./paths.ts";
import { prepare } from "./prepare.ts";
import { existingPulumi, removePulumi } from "./pulumi.ts";
import { type Entry, readApiKey, smoke } from "./smoke.ts";
import { stackName } from "./stacks.ts";
import { endChildrenWithUs, ToolFailure } from "./toolchain/index.ts";

const begun = Date.now();
const kubeconfig = join(defaultStateDir(), "kubeconfig");

function tell(line: string): void {
  const seconds = ((Date.now() - begun) / 1000).toFixed(0).padStart(5);
  process.stdout.write(`${seconds} s  ${line}\n`);
}

/** The shortener on the local cluster, as Pulumi.dev.yaml describes it. */
async function entry(): Promise<Entry> {
  const text = await readFile(join(repository, "Pulumi.dev.yaml"), "utf8");
  const file = parse(text) as { config: { "shlink-platform:settings": Settings } };
  const { mesh, routing } = file.config["shlink-platform:settings"];
  const { service } = mesh.gateway;
  if (service.type !== "NodePort")
    throw new LocalError(
      "Pulumi.dev.yaml: mesh.gateway.service must be a NodePort on the local cluster.",
    );
  return { address: nodeAddress, port: service.httpNodePort, host: routing.hosts[0] ?? "" };
}

async function up(): Promise<void> {
  // Before anything is fetched or built for a cluster that could not start.
  if ((await clusterStatus()).state === "absent") await checkHost({ withCommands: false });
  const { pulumi } = await prepare(tell);
  tell("pulumi up: about three minutes from here");
  if (!(await pulumi.show("up", "--yes", "--skip-preview", "--suppress-outputs")))
    throw new LocalError("pulumi up failed; what stands stays, and make up goes on from there.");
  await test();
}

async function test(): Promise<void> {
  const target = await entry();
  const link = await smoke(target, await readApiKey(kubeconfig));
  const url = `http://${target.address}:${target.port}`;
  tell("A link was created, followed and counted.");
  process.stdout.write(`
  ${link.shortUrl}   (this machine reaches it at ${url} under the host name ${target.host})

  Follow it:    curl -i -H 'Host: ${target.host}' ${url}/${link.shortCode}
  The API key:  export KUBECONFIG=${kubeconfig}
                kubectl -n shlink get secret shlink-secrets -o jsonpath='{.data.api-key}' | base64 -d
`);
}

async function preview(): Promise<void> {
  const stack = stackName(process.argv[3] ?? "dev");
  await running();
  if (!(await existingPulumi(stack).show("preview", "--diff")))
    throw new LocalError("pulumi preview failed.");
}

async function down(): Promise<void> {
  await running();
  if (!(await existingPulumi().show("destroy", "--yes", "--skip-preview")))
    throw new LocalError(
      "pulumi destroy failed; make clean-local removes the cluster with everything in it.",
    );
  await clean();
}

async function clean(): Promise<void> {
  tell("Stopping the local cluster");
  await stopCluster();
  await removePulumi();
  await rm(chartMirror, { recursive: true, force: true });
  await rm(supplyRecord, { force: true });
  await rm(join(repository, ".run"), { recursive: true, force: true });
  tell("Nothing of it is left on this machine but the cache of tools and images.");
}

async function running(): Promise<void> {
  const { state } = await clusterStatus();
  if (state !== "running")
    throw new LocalError("The local cluster does not run: start it with make up.");
}

const commands: Record<string, () => Promise<void>> = { up, smoke: test, preview, down, clean };

/** Failures of the user's environment are told in their own words, anything else is a bug and keeps its trace. */
function isExpected(error: unknown): error is Error {
  return (
    error instanceof LocalError || error instanceof ClusterError || error instanceof ToolFailure
  );
}

endChildrenWithUs();
const command = commands[process.argv[2] ?? ""];
try {
  if (command === undefined)
    throw new LocalError(`usage: node local/main.ts ${Object.keys(commands).join("|")}`);
  await withLock(commandLock, command);
} catch (error) {
  if (!isExpected(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
