import { type Ask, plainText } from "../effects/api.ts";
import { reasonOf } from "../effects/reason.ts";
import type { Report } from "../effects/command.ts";
import { readList, refused } from "./read.ts";

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

/**
 * Makes the Job that the schedule would make next, unless one of its Jobs runs already.
 * @throws Error with a sentence where Jobs may not be read or made.
 */
export async function startJob(ask: Ask, path: string, schedule: CronJob, report: Report) {
  const { uid, name, namespace } = schedule.metadata;
  const what = `The list of Jobs in ${namespace}`;
  const items = await readList<Job>(ask, `${path}/jobs`, what);
  const running = items.find(
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
    throw refused(`No Job can be made of CronJob ${namespace}/${name}`, made);
  report(`Started Job ${namespace}/${made.body.metadata.name}`);
  return made.body;
}

/** Makes a Job as `kubectl create job --from` does: the schedule's history and limits count it in. */
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
 * Waits for the end of a Job, and tells how it goes. An API server that starts anew or is busy is asked again.
 * @throws Error with the end of its log where it fails, and with where to look where it takes too long or cannot be seen.
 */
export async function followJob(ask: Ask, { metadata }: Job, { minutes, report, pause }: Patience) {
  const { name, namespace } = metadata;
  const where = `kubectl -n ${namespace} get job ${name}`;
  const begun = Date.now();
  let [told, unseen] = ["", 0];
  while (Date.now() - begun < minutes * 60_000) {
    const job = await look(ask, metadata);
    unseen = typeof job === "string" ? unseen + 1 : 0;
    if (unseen > mostUnseen)
      throw new Error(
        `Job ${namespace}/${name} cannot be seen (${job as string}); it goes on: ${where}`,
      );
    if (typeof job !== "string" && (await hasEnded(ask, job)))
      return report(`Job ${namespace}/${name} is done`);
    const line = typeof job === "string" ? `Asking again: ${job}` : progressOf(job);
    if (line !== told) report(line);
    told = line;
    await pause();
  }
  throw new Error(
    `Job ${namespace}/${name} has not ended after ${minutes} minutes; it goes on: ${where}`,
  );
}

/** How often in a row the API server may fail to answer: a minute, with two seconds between two looks. */
const mostUnseen = 30;

/** Reads the Job; or says why it cannot be seen at the moment. */
async function look(ask: Ask, { namespace, name }: Metadata): Promise<Job | string> {
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`;
  const answer = await ask<Job>(path).catch(reasonOf);
  if (typeof answer === "string") return answer;
  const { status, body } = answer;
  if (status === 200) return body;
  if (status === 404) throw new Error(`Job ${namespace}/${name} was deleted before its end.`);
  const reason = `HTTP ${status}, ${body.message}`;
  if (status === 429 || status >= 500) return reason;
  throw new Error(
    `Job ${namespace}/${name} cannot be read: ${reason}. It goes on without this command.`,
  );
}

async function hasEnded(ask: Ask, job: Job): Promise<boolean> {
  const { name, namespace } = job.metadata;
  if (ended(job, "Failed") !== undefined)
    throw new Error(`Job ${namespace}/${name} failed: ${await lastWords(ask, namespace, name)}`);
  return ended(job, "Complete") !== undefined;
}

function progressOf({ status: { active = 0, failed = 0 } = {} }: Job): string {
  return `${active} pods run${failed === 0 ? "" : `, ${failed} have failed`}`;
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
