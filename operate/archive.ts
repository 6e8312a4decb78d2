import type { Ask } from "../effects/api.ts";
import type { Target } from "../effects/exec.ts";
import { pgoKey, workloads } from "../platform/workloads.ts";
import { runningPods } from "./pods.ts";
import type { Execute, Tools } from "./tools.ts";

/** What the backups reach back to, and what lives that a restore would replace. */
export interface Archive {
  /** When the oldest backup that is kept was complete. */
  oldest: Date;
  /** The running primary, or undefined where none runs. */
  primary: Target | undefined;
}

const { namespace } = workloads.postgres;

/**
 * Asks pgBackRest what can be restored, and changes nothing.
 * @throws Error with a sentence where nobody can be asked, or there is no backup.
 */
export async function lookIntoArchive(ask: Ask, execute: Execute): Promise<Archive> {
  const primary = await findPrimary(ask);
  const dedicated = { [pgoKey("pgbackrest-dedicated")]: "" };
  const [host] = await runningPods(ask, "pgbackrest", "pgbackrest", dedicated);
  const asked = primary ?? host;
  if (asked === undefined)
    throw new Error(
      `Neither a primary nor the repository's host runs in namespace ${namespace}: nobody can be asked what the archive has; look at: kubectl -n ${namespace} get pods`,
    );
  const oldest = oldestBackup(await execute(asked, ["pgbackrest", "info", "--output=json"]));
  return { oldest, primary };
}

/** Finds the primary's container, where one runs. */
export async function findPrimary(ask: Ask): Promise<Target | undefined> {
  const [primary] = await runningPods(ask, "postgres", "database", { [pgoKey("role")]: "master" });
  return primary;
}

/**
 * Finds the primary's container.
 * @throws Error with a sentence where none runs.
 */
export async function runningPrimary(ask: Ask): Promise<Target> {
  const primary = await findPrimary(ask);
  if (primary === undefined)
    throw new Error(
      "No primary of PostgreSQL runs, and nothing can be changed. Look at: npm run doctor",
    );
  return primary;
}

interface Stanza {
  backup?: { timestamp: { stop: number }; error?: boolean | null }[];
}

function oldestBackup(text: string): Date {
  const stanzas = JSON.parse(text) as Stanza[];
  const stops = stanzas
    .flatMap(({ backup = [] }) => backup)
    .filter(({ error }) => error !== true)
    .map(({ timestamp }) => timestamp.stop);
  if (stops.length === 0)
    throw new Error(
      "pgBackRest has no backup that is complete: nothing can be restored. One is made by: npm run backup -- database",
    );
  return new Date(Math.min(...stops) * 1000);
}

/** What Shlink's database answers to a query, asked by the superuser inside the primary's pod. */
export const query = async (execute: Execute, primary: Target, sql: string) =>
  (await execute(primary, ["psql", "--no-psqlrc", "-qAt", "-d", "shlink", "-c", sql])).trim();

/**
 * Lets the archive take all of the log, with a change at its end: PostgreSQL ends a restore only at a change that is later than
 * the target, and else starts anew for ever. A transaction with a number of its own is a change, though it changes nothing.
 * @throws Error with a sentence where the archive does not take it within a minute.
 */
export async function closeLog(
  { execute, report, pause }: Pick<Tools, "execute" | "report" | "pause">,
  primary: Target,
): Promise<void> {
  await query(execute, primary, "SELECT pg_current_xact_id()");
  const file = await query(execute, primary, "SELECT pg_walfile_name(pg_switch_wal())");
  report(`Waiting until the archive has all that was written until now (${file})`);
  const archived = `SELECT coalesce(last_archived_wal >= '${file}', false) FROM pg_stat_archiver`;
  for (let left = 30; left > 0; left--, await pause())
    if ((await query(execute, primary, archived)) === "t") return;
  throw new Error(
    "The archive has not taken the newest part of the log within a minute: a restore would lose it. Look at: npm run doctor",
  );
}
