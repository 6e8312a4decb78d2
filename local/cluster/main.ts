import { parseArgs } from "node:util";
import { endChildrenWithUs } from "../toolchain/index.ts";
import { checkHost, ClusterError, clusterStatus, startCluster, stopCluster } from "./index.ts";
import { clusterParts } from "./parts.ts";

const usage = `usage: node local/cluster/main.ts start|stop|status
  start   start the local cluster, or recognise the one that runs
  stop    end it and remove every trace of it
  status  say what runs`;

const begun = Date.now();

function progress(message: string): void {
  const seconds = ((Date.now() - begun) / 1000).toFixed(1).padStart(6);
  process.stdout.write(`${seconds} s  ${message}\n`);
}

async function start(): Promise<void> {
  const { state } = await clusterStatus();
  if (state === "running") {
    progress("The local cluster is already running");
    return;
  }
  if (state === "absent") await checkHost({ withCommands: false });
  const parts = await clusterParts(progress);
  const cluster = await startCluster({ ...parts, onProgress: progress });
  progress(`The local cluster runs: export KUBECONFIG=${cluster.kubeconfig}`);
}

async function stop(): Promise<void> {
  progress("Stopping the local cluster");
  const stopped = await stopCluster();
  progress(stopped ? "The local cluster is stopped and removed" : "There is no local cluster");
}

async function status(): Promise<void> {
  const { state, missing, kubeconfig } = await clusterStatus();
  const details = {
    absent: "There is no local cluster.",
    incomplete: `The local cluster is incomplete: ${missing.join(", ") || "it does not answer"}.`,
    running: `The local cluster runs; kubeconfig: ${kubeconfig ?? ""}`,
  };
  process.stdout.write(`${details[state]}\n`);
  if (state !== "running") process.exitCode = 1;
}

async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const action = positionals.length === 1 ? positionals[0] : undefined;
  if (action === "start") {
    endChildrenWithUs();
    return start();
  }
  if (action === "stop") return stop();
  if (action === "status") return status();
  throw new ClusterError(usage);
}

await main().catch((error: unknown) => {
  const isExpected = error instanceof ClusterError || error instanceof TypeError;
  process.stderr.write(`${isExpected ? error.message : String((error as Error).stack)}\n`);
  process.exitCode = 1;
});
