import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { layoutOf } from "../../../local/cluster/layout.ts";
import { clusterFolder } from "../../../local/lib/paths.ts";
import { signal } from "../../../local/lib/proc.ts";
import { ask } from "../platform.ts";
import { inNamespace } from "./fault.ts";

/** Asks the container runtime of the node. */
export const ctr = (...words: string[]) =>
  promisify(execFile)("ctr", [
    ...["--address", layoutOf(clusterFolder()).containerdSocket, "--namespace", "k8s.io"],
    ...words,
  ]);

interface Running {
  status: { containerStatuses: { name: string; containerID: string }[] };
}

/** Stops the processes of a container where they are, as one does that waits for a disk that never answers. */
export const hang = (namespace: string, pod: string, container: string) => async () => {
  const { body } = await ask("GET", `${inNamespace("api/v1", namespace, "pods")}/${pod}`);
  const { status } = JSON.parse(body) as Running;
  const own = status.containerStatuses.find(({ name }) => name === container)!;
  const { stdout } = await ctr("tasks", "ps", own.containerID.replace("containerd://", ""));
  for (const [, pid] of stdout.matchAll(/^(\d+)/gm)) signal(Number(pid), "SIGSTOP");
};
