import { finding } from "../finding.ts";
import { failureOf, nameOf, newestOf } from "../readings.ts";

const pods = "kubectl -n shlink get pods -o wide";
const log = "kubectl -n shlink logs -l app=shlink -c shlink --tail=20";
const migrationLog = "kubectl -n shlink logs -l app=shlink-migration --tail=40";

export const migrationFailed = finding({
  id: "migration-failed",
  link: "shlink",
  severity: "broken",
  title: "The migration of the database failed",
  meaning: "The Job that changes the database's schema failed and did not succeed afterwards.",
  consequence: "The deployment stops; pods of the version before run on.",
  fix: "Mend what the links before name: mostly a database or a Redis that does not answer, or a missing GRANT. Then pulumi up makes a new Job.",
  mend: ["pulumi up"],
  look: ["kubectl -n shlink get jobs", migrationLog],
  needs: ["jobs"],
  find: ({ jobs }) => {
    const job = newestOf(jobs, "shlink-migration");
    const why = job && failureOf(job);
    return job !== undefined && why !== undefined ? [{ text: `Job ${nameOf(job)}: ${why}` }] : [];
  },
});

export const migrationLocked = finding({
  id: "migration-locked",
  link: "shlink",
  severity: "broken",
  title: "A start waits for the migration's lock",
  meaning:
    "A pod of Shlink waits at the first step of its start for more than a minute: another one holds the lock in Redis, or was killed while it held it.",
  consequence: "New pods do not start for up to ten minutes; those that run go on.",
  fix: "Wait: the lock expires ten minutes after it was taken. Do not delete the pod that holds it.",
  look: [pods, log, migrationLog],
  needs: ["symptoms"],
  find: ({ symptoms }) =>
    symptoms
      .filter(({ symptom }) => symptom === "waits-for-migration")
      .map((one) => ({ text: `${one.namespace}/${one.pod} waits for the lock of the migration` })),
});

export const shlinkUnavailable = finding({
  id: "shlink-unavailable",
  link: "shlink",
  severity: "broken",
  title: "No Shlink pod is available",
  meaning: "The Deployment of Shlink has no pod that is ready.",
  consequence: "No link works: the gateway answers 503.",
  fix: "Mend what the links before name. If nothing is found there, the pods' events and logs say why they do not start; a Deployment that was scaled down is scaled up again.",
  mend: ["kubectl -n shlink scale --replicas=REPLICAS deployment/shlink"],
  look: [pods, log, "kubectl -n shlink get events"],
  needs: ["deployments"],
  find: ({ deployments }) => {
    const server = deployments.find((one) => nameOf(one) === "shlink/shlink");
    if ((server?.status?.readyReplicas ?? 0) > 0) return [];
    return [
      {
        text:
          server === undefined
            ? "there is no Deployment shlink/shlink"
            : `Deployment shlink/shlink: 0 of ${server.spec?.replicas ?? 1} pods are ready`,
      },
    ];
  },
});

export const shlinkReplicasUnavailable = finding({
  id: "shlink-replicas-unavailable",
  link: "shlink",
  severity: "warning",
  title: "Shlink pods are missing",
  meaning: "Some pods of Shlink are ready, but fewer than the Deployment asks for.",
  consequence: "The others carry more; a loss more can be one too many.",
  fix: "The events of the pods that are not ready say why.",
  look: [pods, log],
  needs: ["deployments"],
  find: ({ deployments }) =>
    deployments
      .filter((one) => nameOf(one) === "shlink/shlink")
      .flatMap(({ spec, status }) => {
        const [ready, wanted] = [status?.readyReplicas ?? 0, spec?.replicas ?? 1];
        return ready > 0 && ready < wanted
          ? [{ text: `${ready} of ${wanted} pods of Shlink are ready` }]
          : [];
      }),
});
