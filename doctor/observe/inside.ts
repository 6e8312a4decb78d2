import { pgoKey, type WorkloadName, workloads } from "../../platform/workloads.ts";
import { masterName } from "../../components/redis/names.ts";
import {
  type DatabaseAnswer,
  type Disk,
  leftOut,
  type Pod,
  type Seen,
  type SentinelAnswer,
} from "../facts.ts";
import { containersOf, isReady, podsOf } from "../readings.ts";
import { type Access, attempt, seen, unseen } from "./access.ts";

/** A pod of a kind that is ready, in which a question can be asked. */
function readyPod(pods: Pod[], workload: WorkloadName, labels: Record<string, string> = {}) {
  const fits = ({ metadata }: Pod) =>
    Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value);
  const pod = podsOf(pods, workload).find((one) => isReady(one) && fits(one));
  return pod === undefined
    ? undefined
    : { namespace: workloads[workload].namespace, pod: pod.metadata.name };
}

/** Answers of the primary to a query, which it runs in a transaction that can write nothing. */
async function query({ execute }: Access, pods: Pod[], sql: string): Promise<Seen<string>> {
  if (execute === undefined) return unseen(leftOut.commands);
  const pod = readyPod(pods, "postgres", { [pgoKey("role")]: "master" });
  if (pod === undefined) return unseen("no primary of PostgreSQL is ready");
  const readOnly = "PGOPTIONS=-c default_transaction_read_only=on";
  const command = ["env", readOnly, "psql", "--no-psqlrc", "-At", "-d", "shlink", "-c", sql];
  return seen((await execute({ ...pod, container: "database" }, command)).trim());
}

export const askDatabase = (access: Access, pods: Pod[]) =>
  attempt<DatabaseAnswer>(async () => {
    const sql = "select has_schema_privilege('shlink', 'public', 'CREATE')";
    const answer = await query(access, pods, sql);
    return answer.known ? seen({ mayCreate: answer.value === "t" }) : answer;
  });

/** Reads what PostgreSQL checks the password of Shlink's user by. It is a secret: it is compared and dropped. */
export const storedVerifier = (access: Access, pods: Pod[]) =>
  attempt(() => query(access, pods, "select rolpassword from pg_authid where rolname = 'shlink'"));

export const askSentinel = ({ execute }: Access, pods: Pod[]) =>
  attempt<SentinelAnswer>(async () => {
    if (execute === undefined) return unseen(leftOut.commands);
    const ready = podsOf(pods, "sentinel").filter(isReady);
    if (ready.length === 0) return unseen("no sentinel is ready");
    const { namespace, ports } = workloads.sentinel;
    const words = ["sentinel", "get-master-addr-by-name", masterName];
    const command = ["redis-cli", "-p", `${ports.sentinel}`, ...words];
    const answers = await Promise.all(
      ready.map(({ metadata: { name } }) =>
        execute({ namespace, pod: name, container: "sentinel" }, command),
      ),
    );
    const masters = answers.map((text) => text.trim().split("\n")[0] ?? "");
    return seen(worst(masters, pods));
  });

/** The worst of the sentinels' answers, of which Shlink may ask any: a master that is none of its Redis servers. */
function worst(masters: string[], pods: Pod[]): SentinelAnswer {
  const there = podsOf(pods, "redis").map(({ status }) => status?.podIP);
  const [master = ""] = [...masters.filter((one) => !there.includes(one)), ...masters];
  return /^[\d.:a-f]+$/.test(master) ? { master } : {};
}

/** Folders that a server stops without, by its container. */
const folders = [
  { workload: "vault", container: "vault", folder: "/vault/data" },
  { workload: "vault", container: "vault", folder: "/vault/audit" },
  { workload: "postgres", container: "database", folder: "/pgdata" },
] as const;

/** Whether a container runs: one that ends again and again can be asked nothing, and must not keep the others from it. */
const isRunning = (pod: Pod, container: string) =>
  containersOf(pod).every(({ name, state }) => name !== container || state?.running !== undefined);

export const measureDisks = ({ execute }: Access, pods: Pod[]) =>
  attempt<Disk[]>(async () => {
    if (execute === undefined) return unseen(leftOut.commands);
    const measured = await Promise.all(
      folders.flatMap(({ workload, container, folder }) =>
        podsOf(pods, workload)
          .filter((pod) => pod.status?.phase === "Running" && isRunning(pod, container))
          .map(async ({ metadata }) => {
            const { namespace } = workloads[workload];
            const where = { namespace, pod: metadata.name };
            const command = ["sh", "-c", `test ! -d ${folder} || df -P ${folder}`];
            return [where, folder, await execute({ ...where, container }, command)] as const;
          }),
      ),
    );
    return seen(
      measured.flatMap(([where, folder, text]) => {
        const [, percent] = /\s(\d+)%\s/.exec(text) ?? [];
        return percent === undefined ? [] : [{ ...where, folder, usedPercent: Number(percent) }];
      }),
    );
  });
