import { setTimeout as sleep } from "node:timers/promises";

/** What became of the calls of a load. */
export interface Report {
  calls: number;
  failures: { at: Date; reason: string }[];
  /** The longest answer, in seconds. */
  slowest: number;
}

export interface LoadArgs {
  /** One call; it throws when its answer is not the right one. */
  call: () => Promise<void>;
  perSecond: number;
  /** It ends by itself after so many seconds. */
  atMost: number;
}

/** Calls at a steady rate, whether answers are slow or not, for as long as `work` takes, which may watch the report. */
export async function under(
  { call, perSecond, atMost }: LoadArgs,
  work: (report: Report) => Promise<void>,
): Promise<Report> {
  const report: Report = { calls: 0, failures: [], slowest: 0 };
  const pending = new Set<Promise<void>>();
  const end = Date.now() + atMost * 1000;
  let done = false;
  const working = work(report).finally(() => (done = true));
  // Its failure is told at the end, not in the middle of the calls.
  working.catch(() => undefined);
  while (!done && Date.now() < end) {
    const calling = measured(call, report).finally(() => pending.delete(calling));
    pending.add(calling);
    await sleep(1000 / perSecond);
  }
  await Promise.all(pending);
  await working;
  return report;
}

async function measured(call: () => Promise<void>, report: Report): Promise<void> {
  const begun = Date.now();
  report.calls++;
  try {
    await call();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    report.failures.push({ at: new Date(begun), reason });
  }
  report.slowest = Math.max(report.slowest, (Date.now() - begun) / 1000);
}
