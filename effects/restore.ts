import { setTimeout as sleep } from "node:timers/promises";
import { type Ask, plainText } from "./api.ts";
import { Refusal } from "../platform/refusal.ts";

/** A restore that PGO does, and what holds when it is over. */
export interface AwaitedRestore {
  namespace: string;
  /** Name of the PostgresCluster. */
  name: string;
  id: string;
  /** Conditions as kubectl and Pulumi write them: `jsonpath={.status.some[0].field}`, and `=value` where it must have one. */
  conditions: string[];
}

/** Where a restore is looked at. */
export interface RestoreSource {
  /** Reads the PostgresCluster. */
  cluster: () => Promise<object>;
  /** Reads the end of what pods of the restore's Job say that were made at that time or later; it is empty when there are none. */
  log: (since: string) => Promise<string>;
  /** Seconds between two looks. Default: 5. */
  period?: number;
  /** Seconds after which a restore is given up. Default: an hour. */
  deadline?: number;
}

interface Restored {
  status?: { pgbackrest?: { restore?: Progress } };
}

interface Progress {
  id?: string;
  /** Absent: its Job has not begun. */
  startTime?: string;
  finished?: boolean;
  succeeded?: number;
}

/** PostgreSQL's own words. PGO takes this end for a pause and starts it again for ever: the Job never fails. */
const endless = "recovery ended before configured recovery target was reached";

/** Waits until a restore is over and its servers are back. Refuses one that failed or cannot end, in one sentence. */
export async function awaitRestore(
  { cluster, log, period = 5, deadline = 3600 }: RestoreSource,
  { namespace, id, name, conditions }: AwaitedRestore,
): Promise<void> {
  const remedy = "set another database.restore.id";
  const logs = `kubectl -n ${namespace} logs job/${name}-pgbackrest-restore`;
  const end = Date.now() + deadline * 1000;
  while (Date.now() < end) {
    const object = await cluster();
    const restore = (object as Restored).status?.pgbackrest?.restore;
    const isOurs = restore?.id === id;
    if (isOurs && (restore.succeeded ?? 0) > 0) {
      if (conditions.every((condition) => holds(condition, object))) return;
    } else if (isOurs && (await isEndless(restore, log))) {
      throw new Refusal(
        `The restore ${id} cannot end, since its target is later than the last change in the archive: ${remedy} with an ` +
          "earlier target or without one; until then no database server runs.",
      );
    } else if (isOurs && restore.finished === true) {
      throw new Refusal(
        `The restore ${id} failed: correct what "${logs}" says, and ${remedy}; until then no database server runs.`,
      );
    }
    await sleep(period * 1000);
  }
  throw new Refusal(
    `The restore ${id} is not over after ${deadline / 60} minutes: "${logs}" says what it does; run \`pulumi up\` again to wait on.`,
  );
}

/** The Job of the restore before has the same name, and its pods outlive it for a while: what they say is not this one's. */
const isEndless = async ({ startTime }: Progress, log: RestoreSource["log"]) =>
  startTime !== undefined && (await log(startTime)).includes(endless);

/** Tells whether a condition holds for an object. */
function holds(condition: string, object: object): boolean {
  const [, path = "", value] = /^jsonpath=\{(.+)\}(?:=(.*))?$/.exec(condition) ?? [];
  let found: unknown = object;
  for (const key of path.split(/[.[\]]+/).filter((part) => part !== ""))
    found = (found as Record<string, unknown> | undefined)?.[key];
  return found !== undefined && (value === undefined || `${found as string | number}` === value);
}

/** Looks at a restore through the API server. What cannot be read now is asked for again. */
export function restoreSource(
  ask: Ask,
  { namespace, name }: Pick<AwaitedRestore, "namespace" | "name">,
): RestoreSource {
  const clusters = `/apis/postgres-operator.crunchydata.com/v1beta1/namespaces/${namespace}/postgresclusters`;
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  return {
    cluster: async () => {
      const { status, body } = await ask<object>(`${clusters}/${name}`).catch(noAnswer);
      return status === 200 ? body : {};
    },
    log: async (since) => {
      const selector = encodeURIComponent(`job-name=${name}-pgbackrest-restore`);
      const { body } = await ask<PodList>(`${pods}?labelSelector=${selector}`).catch(noAnswer);
      const own = (body.items ?? []).filter(
        ({ metadata }) => Date.parse(metadata.creationTimestamp) >= Date.parse(since),
      );
      const logs = own.map(async ({ metadata }) => {
        const path = `${pods}/${metadata.name}/log?tailLines=100`;
        const answer = await ask<object>(path, { accept: plainText }).catch(noAnswer);
        return answer.status === 200 ? (answer.body.message ?? "") : "";
      });
      return (await Promise.all(logs)).join("\n");
    },
  };
}

const noAnswer = () => ({ status: 0, body: {} as { message?: string; items?: never } });

interface PodList {
  items?: { metadata: { name: string; creationTimestamp: string } }[];
}
