import { type Ask, plainText } from "../outside/api.ts";
import type { Report } from "./command.ts";

interface Metadata {
  name: string;
  namespace: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface CronJob {
  metadata: Metadata & { uid: string };
  spec: { jobTemplate: { metadata?: Partial<Metadata>; spec: object } };
}

export interface Job {
  metadata: Metadata & { ownerReferences?: { uid: string }[] };
  status?: { active?: number; succeeded?: number; failed?: number; conditions?: Condition[] };
}

interface Condition {
  type: string;
  status: string;
  message?: string;
}

const ended = ({ status }: Job, type: "Complete" | "Failed") =>
  status?.conditions?.find((one) => one.type === type && one.status === "True");

const runs = (job: Job) =>
  ended(job, "Complete") === undefined && ended(job, "Failed") === undefined;

/** Makes the Job that the schedule would make next, unless one of its Jobs runs already. */
export async function startJob(ask: Ask, path: string, schedule: CronJob, report: Report) {
  const { uid, name, namespace } = schedule.metadata;
  const { body } = await ask<{ items?: Job[] }>(`${path}/jobs`);
  const running = body.items?.find(
    (job) => runs(job) && job.metadata.ownerReferences?.some((owner) => owner.uid === uid),
  );
  if (running !== undefined) {
    report(`Job ${namespace}/${running.metadata.name} runs already: waiting for it`);
    return running;
  }
  const made = await ask<Job>(`${path}/jobs`, {
    method: "POST",
    body: jobOf(schedule, Date.now()),
  });
  if (made.status !== 201)
    throw new Error(`No Job can be made of CronJob ${namespace}/${name}: ${made.body.message}.`);
  report(`Started Job ${namespace}/${made.body.metadata.name}`);
  return made.body;
}

/** As `kubectl create job --from` makes it: the schedule's history and limits count it in. */
function jobOf({ metadata, spec }: CronJob, now: number) {
  const { name, namespace, uid } = metadata;
  const { metadata: template = {}, spec: jobSpec } = spec.jobTemplate;
  const owner = { apiVersion: "batch/v1", kind: "CronJob", name, uid, controller: true };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      // The time makes the name another each time, and short enough for the names of its pods.
      name: `${name.slice(0, 40)}-${now.toString(36)}`,
      namespace,
      labels: template.labels ?? {},
      annotations: { ...template.annotations, "cronjob.kubernetes.io/instantiate": "manual" },
      ownerReferences: [owner],
    },
    spec: jobSpec,
  };
}

export interface Patience {
  /** How long the Job may take. */
  minutes: number;
  report: Report;
  /** Waits between two looks. */
  pause: () => Promise<unknown>;
}

/**
 * Waits for the end of a Job, and tells how it goes.
 * @throws Error with the end of its log where it fails, and with where to look where it takes too long.
 */
export async function followJob(ask: Ask, { metadata }: Job, { minutes, report, pause }: Patience) {
  const { name, namespace } = metadata;
  const begun = Date.now();
  let told = "";
  while (Date.now() - begun < minutes * 60_000) {
    const { status, body } = await ask<Job>(`/apis/batch/v1/namespaces/${namespace}/jobs/${name}`);
    if (status === 404) throw new Error(`Job ${namespace}/${name} was deleted before its end.`);
    if (ended(body, "Complete") !== undefined) return report(`Job ${namespace}/${name} is done`);
    const failed = ended(body, "Failed");
    if (failed !== undefined)
      throw new Error(`Job ${namespace}/${name} failed: ${await lastWords(ask, namespace, name)}`);
    const { active = 0, failed: tries = 0 } = body.status ?? {};
    const line = `${active} pods run${tries === 0 ? "" : `, ${tries} have failed`}`;
    if (line !== told) report(line);
    told = line;
    await pause();
  }
  throw new Error(
    `Job ${namespace}/${name} has not ended after ${minutes} minutes; it goes on: kubectl -n ${namespace} get job ${name}`,
  );
}

/** The last line that a pod of the Job wrote, or where to look for it. */
async function lastWords(ask: Ask, namespace: string, job: string): Promise<string> {
  const where = `kubectl -n ${namespace} logs job/${job}`;
  const selector = encodeURIComponent(`batch.kubernetes.io/job-name=${job}`);
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const { body } = await ask<{ items?: Job[] }>(`${pods}?labelSelector=${selector}`);
  const pod = body.items?.at(-1)?.metadata.name;
  if (pod === undefined) return `look at ${where}`;
  const log = await ask(`${pods}/${pod}/log?tailLines=1`, { accept: plainText });
  const line = log.status === 200 ? (log.body.message ?? "").trim() : "";
  return line === "" ? `look at ${where}` : `${line} (${where})`;
}
