import { LocalError } from "../lib/failure.ts";
import { built } from "../supply/built.ts";
import { startTools } from "../toolchain/index.ts";
import { checkHost, clusterStatus, clusterTools, startCluster, stopCluster } from "./index.ts";

type Progress = (message: string) => void;

async function start(progress: Progress): Promise<void> {
  const { state } = await clusterStatus();
  if (state === "running") {
    progress("The local cluster is already running");
    return;
  }
  if (state === "absent") await checkHost({ withCommands: false });
  const tools = await startTools({ onProgress: progress });
  const cluster = await startCluster({
    tools: await clusterTools(tools),
    systemImages: await built.systemImages(tools, progress),
    onProgress: progress,
  });
  progress(`The local cluster runs: export KUBECONFIG=${cluster.kubeconfig}`);
}

async function stop(progress: Progress): Promise<void> {
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

const actions: Record<string, (progress: Progress) => Promise<void>> = { start, stop, status };

/** Starts, stops or describes the cluster alone, without the platform on it. */
export async function clusterCommand(words: string[], progress: Progress): Promise<void> {
  const [word = "", ...rest] = words;
  const action = rest.length === 0 && Object.hasOwn(actions, word) ? actions[word] : undefined;
  if (action === undefined)
    throw new LocalError(`usage: node local/main.ts cluster ${Object.keys(actions).join("|")}`);
  await action(progress);
}
