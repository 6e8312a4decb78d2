import { KubeConfig } from "@kubernetes/client-node";
import { Kube } from "./kube.ts";
import { podExec } from "./pod-exec.ts";

const hour = 3_600_000;

/** Runs one of pgBackRest's commands in the first pod that a selector finds, and prints what it prints. */
async function main(): Promise<void> {
  const { COMMAND, COMMAND_OPTS, CONTAINER, NAMESPACE, SELECTOR } = process.env;
  const config = new KubeConfig();
  config.loadFromCluster();
  const labels = Object.fromEntries(
    (SELECTOR ?? "").split(",").map((pair) => pair.split("=") as [string, string]),
  );
  const [pod] = await new Kube(config).list("Pod", NAMESPACE ?? "", labels);
  if (pod === undefined) throw new Error(`no pod matches ${SELECTOR}`);
  const exec = podExec(config, { container: CONTAINER ?? "", deadline: hour });
  const command = ["pgbackrest", COMMAND ?? "", ...(COMMAND_OPTS ?? "").split(" ")];
  process.stdout.write(await exec(pod.metadata, command));
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
