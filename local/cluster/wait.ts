import { setTimeout as sleep } from "node:timers/promises";
import { LocalError } from "../lib/failure.ts";
import type { Layout } from "./layout.ts";
import { failIfEnded, type StartedProcess } from "./processes.ts";

/** The processes that must run for a wait to make sense. */
export interface Depends {
  layout: Layout;
  processes: StartedProcess[];
}

/** Asks ten times a second; ends early when a process that it depends on has ended. */
export async function waitUntil(
  what: string,
  seconds: number,
  check: () => Promise<boolean>,
  depends?: Depends,
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await check())) {
    if (depends) await failIfEnded(depends.layout, depends.processes);
    if (Date.now() > deadline) {
      const hint = depends ? `; the logs are in ${depends.layout.logs}` : "";
      throw new LocalError(`${what} did not happen within ${seconds} s${hint}.`);
    }
    await sleep(100);
  }
}
