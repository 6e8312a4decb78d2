import { parseMebibytes } from "./quantity.ts";

/** Memory that PHP may use in one worker, and what RoadRunner needs beside the workers. */
const workerMiB = 96;
const serverMiB = 128;

/** Shlink needs one worker for requests and one for tasks; less memory than for these cannot run it. */
export const leastMemory = `${serverMiB + 2 * workerMiB}Mi`;

/**
 * As many PHP workers as the memory limit holds, two thirds of them for requests. Shlink's own default is
 * one for each CPU of the node with 512 MiB each, which a pod's limit does not survive.
 */
export function workersFor(memory: string): { web: number; task: number; memoryMiB: number } {
  const total = Math.max(2, Math.floor((parseMebibytes(memory) - serverMiB) / workerMiB));
  const task = Math.max(1, Math.floor(total / 3));
  return { web: total - task, task, memoryMiB: workerMiB };
}
