import { parseMebibytes } from "./quantity.ts";

type Scale = {
  replicas: number;
  autoscaling: { mode: "none" } | { mode: "cpu"; maximum: number };
};

/** The most pods of Shlink that there can be, but for a rollout's one more. */
export const mostReplicas = ({ replicas, autoscaling }: Scale) =>
  autoscaling.mode === "none" ? replicas : autoscaling.maximum;

/** What RoadRunner needs beside the workers. */
const serverMiB = 128;

/** A worker of Shlink 4.6.0 was measured to take about 70 MiB after redirects and calls of every kind. */
export const leastWorkerMiB = 80;

/** Shlink needs one worker for requests and one for tasks; less memory than for these cannot run it. */
export const leastMemory = (worker: string) => `${serverMiB + 2 * parseMebibytes(worker)}Mi`;

/**
 * As many PHP workers as the memory limit holds, two thirds of them for requests. Shlink's own default is
 * one for each CPU of the node with 512 MiB each, which a pod's limit does not survive.
 */
export function workersFor(
  memory: string,
  worker: string,
): { web: number; task: number; memoryMiB: number } {
  const memoryMiB = parseMebibytes(worker);
  const total = Math.max(2, Math.floor((parseMebibytes(memory) - serverMiB) / memoryMiB));
  const task = Math.max(1, Math.floor(total / 3));
  return { web: total - task, task, memoryMiB };
}
