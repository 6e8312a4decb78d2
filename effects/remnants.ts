import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import { stackLabel, stackMark } from "../platform/marks.ts";
import { type Ask, metadataOnly } from "./api.ts";
import { Refusal } from "../platform/refusal.ts";

interface Metadata {
  name: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface Scope {
  stack: string;
  /** Namespaces that are the stack's own. */
  namespaces: string[];
  /** Names of the Helm releases that the stack makes. */
  releases: string[];
  /** Whether the state knows an object, by its kind and its place. */
  knows: (kind: string, namespace: string, name: string) => boolean;
  report: (line: string) => void;
}

/**
 * Takes over what an `up` made and could not write into its state: Helm's records, for a release of that name would be
 * refused, and objects whose names have a random end, which would be there twice. Everything else has one name, and is
 * applied again.
 */
export async function takeOverRemnants(ask: Ask, scope: Scope): Promise<void> {
  const work = scope.namespaces.flatMap((namespace) => [
    freeReleases(ask, namespace, scope),
    removeTwins(ask, namespace, scope),
  ]);
  await Promise.all(work);
}

async function list(ask: Ask, path: string, selector: string): Promise<Metadata[]> {
  const query = `labelSelector=${encodeURIComponent(selector)}`;
  const { status, body } = await ask<{ items: { metadata: Metadata }[] | null }>(
    `${path}?${query}`,
    { accept: metadataOnly },
  );
  if (status !== 200)
    throw new Refusal(`What is at ${path} cannot be listed: ${body.message} (HTTP ${status}).`);
  return (body.items ?? []).map(({ metadata }) => metadata);
}

async function freeReleases(ask: Ask, namespace: string, scope: Scope): Promise<void> {
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;
  const records = (await list(ask, secrets, "owner=helm")).filter(({ labels }) =>
    scope.releases.includes(labels?.["name"] ?? ""),
  );
  const names = new Set(records.map(({ labels }) => labels?.["name"] ?? ""));
  for (const name of names) {
    const revisions = records.filter(({ labels }) => labels?.["name"] === name);
    if (scope.knows("Release", namespace, name)) {
      const latest = revisions.reduce((one, other) =>
        revision(other) > revision(one) ? other : one,
      );
      if (latest.labels?.["status"]?.startsWith("pending-") !== true) continue;
      await markFailed(ask, `${secrets}/${latest.name}`);
      scope.report(
        `Helm release ${namespace}/${name} was interrupted: it is taken for failed, and upgraded again`,
      );
    } else {
      for (const { name: secret } of revisions) await remove(ask, `${secrets}/${secret}`);
      scope.report(
        `Helm release ${namespace}/${name} is of an up that was interrupted: it is taken over`,
      );
    }
  }
}

const revision = ({ labels }: Metadata) => Number(labels?.["version"]);

/** Marks a release as Helm itself marks what failed: it refuses to touch one that somebody seems to be working on. */
async function markFailed(ask: Ask, path: string): Promise<void> {
  const { body: secret } = await ask<{ data: { release: string } }>(path);
  const packed = Buffer.from(Buffer.from(secret.data.release, "base64").toString(), "base64");
  const record = JSON.parse(gunzipSync(packed).toString()) as { info: Record<string, unknown> };
  record.info = { ...record.info, status: "failed", description: "Interrupted" };
  const release = gzipSync(JSON.stringify(record)).toString("base64");
  const body = {
    metadata: { labels: { status: "failed" } },
    data: { release: Buffer.from(release).toString("base64") },
  };
  const answer = await ask(path, { method: "PATCH", body });
  if (answer.status !== 200)
    throw new Refusal(`Helm's record at ${path} cannot be changed: ${answer.body.message}.`);
}

const twinKinds = [
  { kind: "Job", group: "/apis/batch/v1", plural: "jobs" },
  { kind: "ConfigMap", group: "/api/v1", plural: "configmaps" },
];

/** Removes objects with a random name that the state does not know; Jobs first, for they mount the others. */
async function removeTwins(ask: Ask, namespace: string, scope: Scope): Promise<void> {
  for (const { kind, group, plural } of twinKinds) {
    const path = `${group}/namespaces/${namespace}/${plural}`;
    const ours = await list(ask, path, `${stackLabel}=${stackMark(scope.stack)}`);
    const twins = ours.filter(
      ({ name, annotations }) =>
        annotations?.["pulumi.com/autonamed"] === "true" && !scope.knows(kind, namespace, name),
    );
    for (const { name } of twins) {
      if (kind === "Job") await ended(ask, `${path}/${name}`, scope.report);
      else if (await isMounted(ask, namespace, name)) continue;
      await remove(ask, `${path}/${name}`);
      scope.report(`${kind} ${namespace}/${name} is of an up that was interrupted: it is removed`);
    }
  }
}

const patience = { seconds: 900, every: 2_000 };

/** A Job that is cut off would leave half of its work: a Vault without the keys that it was just given. */
async function ended(ask: Ask, path: string, report: Scope["report"]): Promise<void> {
  const until = Date.now() + patience.seconds * 1000;
  for (let waited = false; Date.now() < until; waited = true) {
    const { status, body } = await ask<{
      status?: { conditions?: { type: string; status: string }[] };
    }>(path);
    const conditions = body.status?.conditions ?? [];
    const over = conditions.some(
      ({ type, status: holds }) => ["Complete", "Failed"].includes(type) && holds === "True",
    );
    if (status === 404 || over) return;
    if (!waited) report(`Waiting for the Job at ${path}, which an interrupted up began`);
    await sleep(patience.every);
  }
  throw new Refusal(
    `The Job at ${path}, which an interrupted up began, does not end: look at its pod.`,
  );
}

/** The next up removes what is still mounted now, once its own is. */
async function isMounted(ask: Ask, namespace: string, name: string): Promise<boolean> {
  const { body } = await ask(`/apis/apps/v1/namespaces/${namespace}/deployments`);
  return JSON.stringify(body).includes(`"${name}"`);
}

async function remove(ask: Ask, path: string): Promise<void> {
  const { status, body } = await ask(`${path}?propagationPolicy=Background`, { method: "DELETE" });
  if (status === 404 || status < 300) return;
  throw new Refusal(`What an interrupted up left at ${path} cannot be removed: ${body.message}.`);
}
