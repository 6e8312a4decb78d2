import type { Target } from "../effects/exec.ts";
import { pgoKey, workloads } from "../platform/workloads.ts";
import { type Archive, closeLog, findPrimary, lookIntoArchive, query } from "./archive.ts";
import type { Execute, Tools } from "./tools.ts";

export interface RestorePlan {
  /** Name of this restore; PGO does each once. */
  id: string;
  /** A time with its zone; undefined: the end of the archive. */
  target: string | undefined;
  /** Whether the data of the servers may be replaced. */
  overwrite: boolean;
  /** Whether `pulumi up` is left to others. */
  noUp: boolean;
  /** The role by which Shlink logs in. */
  login: string;
}

const { namespace } = workloads.postgres;

/**
 * Restores PostgreSQL through the settings of its stack.
 * @throws Error with a sentence where the archive does not have the moment, or data would be lost that nobody gave up.
 */
export async function restoreDatabase(plan: RestorePlan, tools: Tools): Promise<void> {
  const { ask, execute, pulumi, report } = tools;
  const archive = await lookIntoArchive(ask, execute);
  refuseTooEarly(plan, archive);
  const loss = await lossOf(plan, archive, execute);
  if (!plan.overwrite)
    throw new Error(
      `The archive reaches ${plan.target ?? "its end"}, and nothing was changed. ${loss} Give --overwrite to restore.`,
    );
  report(loss);
  if (archive.primary !== undefined) await closeLog(tools, archive.primary);
  await pulumi.unset("database.restore");
  await pulumi.set("database.restore.mode", "inPlace");
  await pulumi.set("database.restore.id", plan.id);
  if (plan.target !== undefined) await pulumi.set("database.restore.target", plan.target);
  report(`The stack file has database.restore ${plan.id}`);
  if (plan.noUp) return report("Now run pulumi up, or let your pipeline do it.");
  await watched(pulumi.up(), tools, plan.id);
  await tellResult(plan, tools);
}

function refuseTooEarly({ target }: RestorePlan, { oldest }: Archive): void {
  if (target === undefined || timeOf(target) >= oldest.getTime()) return;
  throw new Error(
    `The archive begins at ${postgresTime(oldest)}, when its oldest backup was complete: it cannot be taken back to ${target} (--to-time). Choose a later time.`,
  );
}

/** Milliseconds since 1970 of a time as PostgreSQL writes it. */
const timeOf = (text: string) =>
  Date.parse(text.replace(" ", "T").replace(/([+-]\d{2})$/, "$1:00"));

const postgresTime = (time: Date) =>
  time
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "+00");

/** A sentence on what a restore takes away. */
async function lossOf({ target }: RestorePlan, { primary }: Archive, execute: Execute) {
  if (primary === undefined)
    return "No primary runs: what is in the volumes and not in the archive would be lost.";
  if (target === undefined)
    return "A primary runs, whose data would be replaced by what is in the archive.";
  const [links = "", visits = ""] = await newerThan(target, primary, execute);
  return `A primary runs, and would lose what is newer: ${links} links and ${visits} visits.`;
}

/** How many links and visits are newer than a time; the target was checked to be one. */
async function newerThan(target: string, primary: Target, execute: Execute): Promise<string[]> {
  const utc = `(timestamptz '${target}' AT TIME ZONE 'UTC')`;
  const sql = `SELECT (SELECT count(*) FROM short_urls WHERE date_created > ${utc}), (SELECT count(*) FROM visits WHERE date > ${utc})`;
  return (await query(execute, primary, sql)).split("|");
}

interface Cluster {
  spec?: { instances?: { replicas?: number }[] };
  status?: {
    instances?: { readyReplicas?: number }[];
    pgbackrest?: { restore?: { id?: string; active?: number; succeeded?: number } };
  };
}

/** Tells how far a restore is, for as long as `work` takes. */
async function watched(work: Promise<void>, tools: Tools, id: string): Promise<void> {
  const { ask, report, pause } = tools;
  let done = false;
  const working = work.finally(() => (done = true));
  // Its failure is thrown at the end, when nothing is looked at any more.
  working.catch(() => undefined);
  const path = `/apis/${pgoKey("")}v1beta1/namespaces/${namespace}/postgresclusters`;
  let told = "";
  while (!done) {
    const { body } = await ask<{ items?: Cluster[] }>(path).catch(() => ({ body: {} }));
    const line = stateOf(id, (body as { items?: Cluster[] }).items?.[0]);
    if (line !== told) report(line);
    told = line;
    await Promise.race([pause(), working.catch(() => undefined)]);
  }
  await working;
}

function stateOf(id: string, { spec, status }: Cluster = {}): string {
  const restore = status?.pgbackrest?.restore;
  const ready = status?.instances?.[0]?.readyReplicas ?? 0;
  const servers = `${ready} of ${spec?.instances?.[0]?.replicas ?? "?"} servers are ready`;
  if (restore?.id !== id) return `PGO has not begun the restore; ${servers}`;
  if ((restore.succeeded ?? 0) > 0) return `The data is restored; ${servers}`;
  if ((restore.active ?? 0) > 0) return "pgBackRest restores, then the log is replayed";
  return `PGO stops the servers; ${servers}`;
}

/** What is there now; what was given after the target, and is missing with it, is given again. */
async function tellResult({ login }: RestorePlan, { ask, execute, pulumi, report }: Tools) {
  const primary = await findPrimary(ask);
  if (primary === undefined) throw new Error("No primary runs after the restore: npm run doctor");
  const given = `SELECT has_schema_privilege('shlink', 'public', 'CREATE') AND EXISTS (SELECT FROM pg_roles WHERE rolname = '${login}')`;
  if ((await query(execute, primary, given)) !== "t") {
    report("The GRANT or Shlink's login was given after that moment: giving both again");
    await pulumi.up("--refresh", "--run-program");
  }
  const counts = "SELECT (SELECT count(*) FROM short_urls), (SELECT count(*) FROM visits)";
  const [links, visits] = (await query(execute, primary, counts)).split("|");
  report(`Restored: the database has ${links} links and ${visits} visits`);
}
