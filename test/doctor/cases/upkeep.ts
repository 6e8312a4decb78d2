import { stackLabel } from "../../../platform/marks.ts";
import { pgoKey } from "../../../platform/workloads.ts";
import type { CronJob, Facts } from "../../../doctor/facts.ts";
import { certificate } from "../support/certificate.ts";
import { minutesAgo } from "../support/healthy.ts";
import type { Case, QuietCase } from "./case.ts";

const hold =
  (days: number, later = 0) =>
  (facts: Facts) => {
    const pem = certificate("a", days);
    facts.certificates.push({ namespace: "vault", secret: "vault-server-tls", there: true, pem });
    facts.now += later * 86_400_000;
  };

/** A nightly Job whose last success lies back as many hours. */
function nightly(namespace: string, hours: number | undefined, suspend = false): CronJob {
  const labels = namespace === "postgres" ? { [pgoKey("pgbackrest-cronjob")]: "full" } : {};
  const metadata = { namespace, name: "nightly", labels, creationTimestamp: minutesAgo(60 * 60) };
  const status = hours === undefined ? {} : { lastSuccessfulTime: minutesAgo(hours * 60) };
  return { metadata, spec: { schedule: "0 3 * * *", suspend }, status };
}

const ran =
  (...job: Parameters<typeof nightly>) =>
  (facts: Facts) =>
    facts.cronJobs.push(nightly(...job));

/** A policy of the mesh that somebody wrote to. */
const written =
  (manager: string, fields: object, labels: Record<string, string>) =>
  ({ authorizationPolicies }: Facts) => {
    const time = "2026-01-02T03:04:05Z";
    const managedFields = [{ manager, time, fieldsV1: fields as Record<string, object> }];
    const metadata = { namespace: "shlink", name: "shlink-api", labels, managedFields };
    authorizationPolicies.push({ metadata });
  };
const marked = { [stackLabel]: "dev" };

export const cases: Case[] = [
  {
    id: "edited-by-hand",
    what: "an entry added to a policy's rules",
    change: written("kubectl-edit", { "f:spec": { "f:rules": {} } }, marked),
    says: /authorizationPolicies shlink\/shlink-api was set by kubectl-edit at 2026-01-02T03:04:05Z/,
  },
  {
    id: "certificate-expired",
    what: "one of last week",
    change: hold(90, 97),
    says: /expired 7 days ago/,
    link: "vault",
  },
  {
    id: "certificate-expired",
    what: "one that begins tomorrow",
    change: hold(90, -1),
    says: /vault-server-tls is not valid before/,
    link: "vault",
  },
  {
    id: "certificate-expires-soon",
    what: "one of a week",
    change: hold(7),
    says: /expires in 7 days/,
    link: "vault",
  },
  {
    id: "backup-too-old",
    what: "no backup for two days",
    change: ran("postgres", 48),
    says: /48 hours ago/,
  },
  {
    id: "backup-too-old",
    what: "none since the beginning",
    change: ran("postgres", undefined),
    says: /never succeeded in 60 hours/,
  },
  {
    id: "backup-too-old",
    what: "a schedule that is suspended",
    change: ran("postgres", 1, true),
    says: /is suspended/,
  },
  {
    id: "vault-snapshot-too-old",
    what: "no snapshot for two days",
    change: ran("vault", 48),
    says: /vault\/nightly .* 48 hours ago/,
  },
  {
    id: "settings-drift",
    what: "another number of replicas",
    change: ({ settings }) => (settings.shlink.replicas = 3),
    says: /shlink\.replicas is 3, the cluster has 1/,
  },
  {
    id: "settings-drift",
    what: "another host",
    change: ({ settings }) => (settings.routing.hosts = ["b.example", "a.example"]),
    says: /routing\.hosts is a\.example,admin\.shlink\.local,b\.example, the cluster has admin\.shlink\.local,shlink\.local/,
  },
  {
    id: "settings-drift",
    what: "no page any more",
    change: ({ settings }) => (settings.webClient = { mode: "none" }),
    says: /routing\.hosts is shlink\.local, the cluster has admin\.shlink\.local,shlink\.local/,
  },
];

export const quiet: QuietCase[] = [
  {
    id: "edited-by-hand",
    what: "what Pulumi itself applied",
    change: written("pulumi-kubernetes-1a2b3c4d", { "f:spec": { "f:rules": {} } }, marked),
  },
  {
    id: "edited-by-hand",
    what: "a status that a controller reports",
    change: written("pilot-discovery", { "f:status": {} }, marked),
  },
  {
    id: "edited-by-hand",
    what: "a policy that people made themselves",
    change: written("kubectl-create", { "f:spec": {} }, {}),
  },
  {
    id: "settings-drift",
    what: "pods that an autoscaler has added",
    change: ({ settings, deployments: [one] }) => {
      settings.shlink.autoscaling = { mode: "cpu", maximum: 5, utilization: 70 };
      one!.spec!.replicas = 4;
    },
  },
  { id: "certificate-expires-soon", what: "one of three months", change: hold(90) },
  { id: "certificate-expires-soon", what: "one that has expired", change: hold(90, 97) },
  { id: "backup-too-old", what: "one of last night", change: ran("postgres", 20) },
  { id: "vault-snapshot-too-old", what: "a late Job of five hours", change: ran("vault", 29) },
];
