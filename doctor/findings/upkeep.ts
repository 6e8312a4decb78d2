import { longestGap } from "../../components/observability/schedule.ts";
import { pgoKey, workloads } from "../../platform/workloads.ts";
import type { Certificate, CronJob } from "../facts.ts";
import { finding } from "../finding.ts";
import { inNamespace, linkOf, minutesSince, nameOf, unread } from "../readings.ts";
import { certificatesIn } from "./vault.ts";

const day = 86_400_000;
/** The alert of the same name uses this bound, too: an earlier renewal was missed by then. */
const soonDays = 14;

const certificateLook = ["kubectl -n vault get secrets", "kubectl -n istio-ingress get secrets"];
const renew =
  "With an internal mode, pulumi up makes a new one; with cert-manager, its Certificate says what fails; a certificate that was put by hand is replaced by hand.";

/** The milliseconds by which a certificate may begin later than now: who made it may have another clock. */
const skew = 600_000;

/** The certificates that are not valid yet. */
const early = (certificates: Certificate[], now: number) =>
  certificates.flatMap(({ namespace, secret, pem }) => {
    const begins = certificatesIn(pem ?? "").map((one) => Date.parse(one.validFrom));
    const last = Math.max(0, ...begins);
    return last > now + skew
      ? [
          {
            text: `${namespace}/${secret} is not valid before ${new Date(last).toISOString()}`,
            link: linkOfCertificate({ namespace }),
          },
        ]
      : [];
  });

/** The link that breaks with a certificate; the one in Shlink's namespace is the mesh's. */
const linkOfCertificate = ({ namespace }: Pick<Certificate, "namespace">) =>
  namespace === workloads.shlink.namespace ? ("mesh" as const) : linkOf(namespace);

/** The first of a chain to expire, in days from now. */
function daysLeft({ pem }: Certificate, now: number): number | undefined {
  const ends = certificatesIn(pem ?? "").map((one) => Date.parse(one.validTo));
  return ends.length === 0 ? undefined : (Math.min(...ends) - now) / day;
}

const ending = (certificates: Certificate[], now: number, from: number, to: number) =>
  certificates.flatMap((one) => {
    const left = daysLeft(one, now);
    if (left === undefined || left < from || left >= to) return [];
    const how =
      left < 0 ? `expired ${(-left).toFixed(0)} days ago` : `expires in ${left.toFixed(0)} days`;
    return [{ text: `${one.namespace}/${one.secret} ${how}`, link: linkOfCertificate(one) }];
  });

export const certificateExpired = finding({
  id: "certificate-expired",
  link: "upkeep",
  severity: "broken",
  title: "A certificate has expired, or is not valid yet",
  meaning:
    "A certificate that visitors, Vault, PostgreSQL or the mesh rely on is not valid any more, or not yet, as where a clock is wrong.",
  consequence:
    "Whoever checks it refuses the connection: browsers, External Secrets, Shlink's connection to the database.",
  fix: renew,
  mend: ["pulumi up"],
  look: certificateLook,
  needs: ["certificates", "now"],
  find: ({ certificates, now }) => [
    ...ending(certificates, now, -Infinity, 0),
    ...early(certificates, now),
  ],
  open: ({ certificates }) => unread(certificates),
});

export const certificateExpiresSoon = finding({
  id: "certificate-expires-soon",
  link: "upkeep",
  severity: "warning",
  title: "A certificate expires soon",
  meaning: `A certificate is valid for less than ${soonDays} days: its renewal did not happen.`,
  consequence: "When it has expired, whoever checks it refuses the connection.",
  fix: renew,
  mend: ["pulumi up"],
  look: certificateLook,
  needs: ["certificates", "now"],
  find: ({ certificates, now }) => ending(certificates, now, 0, soonDays),
  open: ({ certificates }) => unread(certificates),
});

/** A late Job is not yet a lost one. */
const graceMinutes = 6 * 60;

function late(cronJobs: CronJob[], now: number) {
  return cronJobs.flatMap((job) => {
    const { schedule = "", suspend } = job.spec ?? {};
    if (suspend === true) return [{ text: `CronJob ${nameOf(job)} is suspended` }];
    const last = job.status?.lastSuccessfulTime;
    const age = minutesSince(last ?? job.metadata.creationTimestamp, now);
    if (age <= longestGap(schedule) / 60 + graceMinutes) return [];
    const hours = (age / 60).toFixed(0);
    return [
      {
        text: `CronJob ${nameOf(job)} (${schedule}) ${last === undefined ? `never succeeded in ${hours} hours` : `succeeded last ${hours} hours ago`}`,
      },
    ];
  });
}

export const backupTooOld = finding({
  id: "backup-too-old",
  link: "upkeep",
  severity: "warning",
  title: "A backup of PostgreSQL is late",
  meaning:
    "The last backup is older than the longest pause of its schedule and six hours, or the schedule is suspended.",
  consequence: "A restore has to replay more log, or fails once old log is expired.",
  fix: "The log of the last Job names the cause: a full repository, lost credentials. Then take a backup out of turn.",
  mend: ["npm run backup -- database"],
  look: ["kubectl -n postgres get cronjobs,jobs"],
  needs: ["cronJobs", "now"],
  find: ({ cronJobs, now }) =>
    late(
      cronJobs
        .filter(inNamespace("postgres"))
        .filter(({ metadata }) => metadata.labels?.[pgoKey("pgbackrest-cronjob")] !== undefined),
      now,
    ),
});

export const vaultSnapshotTooOld = finding({
  id: "vault-snapshot-too-old",
  link: "upkeep",
  severity: "warning",
  title: "A snapshot of Vault is late",
  meaning:
    "The last snapshot is older than the longest pause of its schedule and six hours, or the schedule is suspended.",
  consequence: "After a loss of Vault's volumes the newest values are missing.",
  fix: "The log of the last Job names the cause: a full volume, a refused login. Then take one out of turn.",
  mend: ["npm run backup -- vault"],
  look: ["kubectl -n vault get cronjobs,jobs"],
  needs: ["cronJobs", "now"],
  find: ({ cronJobs, now }) => late(cronJobs.filter(inNamespace("vault")), now),
});

/** What is left is needed by what cleans up: PostgreSQL's own log, the reloader that takes turns with the audit log. */
const fullPercent = 95;

export const volumeNearlyFull = finding({
  id: "volume-nearly-full",
  link: "cluster",
  severity: "broken",
  title: "A volume is full",
  meaning: `The file system of PostgreSQL's data or of Vault's data or audit log is more than ${fullPercent} % full.`,
  consequence:
    "A PostgreSQL that cannot write stops; a Vault that cannot write its audit log answers nothing.",
  fix: "Vault's audit log: delete its old files, or empty the log itself where there is none; Vault answers again at once (docs/vault.md#audit-log). PostgreSQL: let the volume grow by database.storage where its class can do that, and find out why old log is kept (a replica or a backup that fails); PostgreSQL goes on by itself once there is room.",
  mend: [
    "kubectl -n vault exec POD -c vault -- sh -c 'rm -f /vault/audit/audit.log.?*'",
    "pulumi up",
  ],
  look: ["kubectl get pvc -A", "kubectl get pods -A"],
  needs: ["disks"],
  find: ({ disks }) =>
    disks
      .filter(({ usedPercent }) => usedPercent > fullPercent)
      .map(({ namespace, pod, folder, usedPercent }) => ({
        text: `${namespace}/${pod}:${folder} is ${usedPercent} % full`,
        link: namespace === "vault" ? ("vault" as const) : ("database" as const),
      })),
});
