import { setTimeout as sleep } from "node:timers/promises";
import type { Ask } from "../outside/api.ts";
import type { Target } from "../outside/exec.ts";
import { pgoKey, selectorText, workloads } from "../platform/workloads.ts";
import type { Report } from "./command.ts";

/** Runs a command in a container, which reads `input`, and returns what it prints. */
export type Execute = (target: Target, command: string[], input?: string) => Promise<string>;

/** What the backups reach back to, and what lives that a restore would replace. */
export interface Archive {
  /** When the oldest backup that is kept was complete. */
  oldest: Date;
  /** The running primary, or undefined where none runs. */
  primary: Target | undefined;
}

interface Pod {
  metadata: { name: string };
  status?: { phase?: string };
}

const { namespace } = workloads.postgres;

/**
 * Asks pgBackRest what can be restored. Where a primary runs, its log is closed and archived first, with a change at its
 * end: PostgreSQL ends a restore only at a change that is later than the target, and else starts anew for ever.
 * @throws Error with a sentence where nobody can be asked, or there is no backup.
 */
export async function lookIntoArchive(ask: Ask, execute: Execute, report: Report) {
  const primary = await findPod(ask, { [pgoKey("role")]: "master" }, "database");
  const host = await findPod(ask, { [pgoKey("pgbackrest-dedicated")]: "" }, "pgbackrest");
  const asked = primary ?? host;
  if (asked === undefined)
    throw new Error(
      `Neither a primary nor the repository's host runs in namespace ${namespace}: nobody can be asked what the archive has; look at: kubectl -n ${namespace} get pods`,
    );
  if (primary !== undefined) await closeLog(execute, primary, report);
  const oldest = oldestBackup(await execute(asked, ["pgbackrest", "info", "--output=json"]));
  return { oldest, primary } satisfies Archive;
}

async function findPod(ask: Ask, labels: Record<string, string>, container: string) {
  const selector = encodeURIComponent(selectorText(labels));
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`;
  const { status, body } = await ask<{ items: Pod[] }>(path);
  if (status !== 200) throw new Error(`The pods in ${namespace} cannot be read: ${body.message}.`);
  const pod = body.items.find((one) => one.status?.phase === "Running")?.metadata.name;
  return pod === undefined ? undefined : { namespace, pod, container };
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

/** A transaction with a number of its own is a change, though it changes nothing. */
async function closeLog(execute: Execute, primary: Target, report: Report): Promise<void> {
  await query(execute, primary, "SELECT pg_current_xact_id()");
  const file = await query(execute, primary, "SELECT pg_walfile_name(pg_switch_wal())");
  report(`Waiting until the archive has all that was written until now (${file})`);
  const archived = `SELECT coalesce(last_archived_wal >= '${file}', false) FROM pg_stat_archiver`;
  for (let left = 60; left > 0; left--, await sleep(1_000))
    if ((await query(execute, primary, archived)) === "t") return;
  throw new Error(
    "The archive has not taken the newest part of the log within a minute: a restore would lose it. Look at: npm run doctor",
  );
}
