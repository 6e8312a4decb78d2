import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Ask, openApi } from "../effects/api.ts";
import { chooseContext } from "../effects/kubeconfig.ts";
import { pgoKey, workloads } from "../platform/workloads.ts";
import { refuseMore, report, runCommand, WrongArguments } from "../effects/command.ts";
import { type CronJob, followJob, startJob } from "./job.ts";
import { readList } from "./read.ts";

const USAGE = `Usage: npm run backup -- database|vault [--context NAME] [--minutes N]
  Takes a backup of PostgreSQL, or a snapshot of Vault, out of turn, and waits until it is done.
  --context  a context of the kubeconfig; default: its current one
  --minutes  how long to wait for it; default: 60. It goes on without this command, too`;

/** What can be copied: the schedule whose next run is brought forward, and the setting that makes it. */
interface Kind {
  namespace: string;
  isSchedule: (cronJob: CronJob) => boolean;
  setting: string;
}

const kinds: Record<string, Kind> = {
  database: {
    namespace: workloads.postgres.namespace,
    isSchedule: ({ metadata }) => metadata.labels?.[pgoKey("pgbackrest-cronjob")] === "full",
    setting: "database.backups",
  },
  vault: {
    namespace: workloads.vault.namespace,
    isSchedule: ({ metadata }) => metadata.name === "vault-snapshot",
    setting: "vault.snapshots",
  },
};

function readArguments(args: string[]) {
  const { values, positionals } = parseArgs({
    args,
    options: { context: { type: "string" }, minutes: { type: "string", default: "60" } },
    allowPositionals: true,
  });
  const [name = "", ...more] = positionals;
  const minutes = Number(values.minutes);
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind === undefined)
    throw new WrongArguments(`Say what is to be copied, database or vault: "${name}" is neither.`);
  refuseMore(more);
  if (!(minutes > 0)) throw new WrongArguments(`--minutes ${values.minutes} is no number above 0.`);
  return { kind, minutes, context: values.context };
}

/**
 * Brings the next run of a schedule forward. One that runs already is waited for: two at a time would refuse each other.
 * @throws Error with a sentence where the stack has no such schedule, or the run fails.
 */
async function backUp(ask: Ask, { namespace, isSchedule, setting }: Kind, minutes: number) {
  const path = `/apis/batch/v1/namespaces/${namespace}`;
  const what = `The list of schedules in ${namespace}`;
  const items = await readList<CronJob>(ask, `${path}/cronjobs`, what);
  const schedule = items.find(isSchedule);
  if (schedule === undefined)
    throw new Error(
      `Namespace ${namespace} has no schedule of backups: set ${setting} in the stack file, and run pulumi up.`,
    );
  const job = await startJob(ask, path, schedule, report);
  await followJob(ask, job, { minutes, report, pause: () => sleep(2_000) });
}

async function main(args: string[]): Promise<void> {
  const { kind, minutes, context } = readArguments(args);
  await backUp(await openApi(await chooseContext(context)), kind, minutes);
}

await runCommand(USAGE, main);
