import { call, createLink, type Entry, readApiKey } from "../../local/stack/smoke.ts";
import { type Report, under } from "./load.ts";
import { kubeconfig } from "./platform.ts";

/** Redirects of one link, each of which has to lead to its target. */
export interface RedirectLoad {
  entry: Entry;
  perSecond: number;
  /** It ends by itself after so many seconds. */
  atMost: number;
}

const target = "https://example.com/load";

/** Follows a new link at a steady rate for as long as `work` takes; it may look at the report meanwhile. */
export async function underRedirects(
  { entry, ...load }: RedirectLoad,
  work: (report: Report) => Promise<void>,
): Promise<Report> {
  const { shortCode } = await createLink(entry, await readApiKey(kubeconfig), target);
  const report = await under({ ...load, call: () => follow(entry, shortCode) }, work);
  const { calls, failures, slowest } = report;
  console.log(
    `      ${calls} redirects, ${failures.length} failed, the slowest took ${slowest.toFixed(1)} s`,
  );
  return report;
}

/** Throws with what the gateway answered when it is not the way to the link's target. */
async function follow(entry: Entry, shortCode: string): Promise<void> {
  const { status, location } = await call(entry, { path: `/${shortCode}` });
  if (status !== 302 || location !== target) throw new Error(`it answered ${status}`);
}
