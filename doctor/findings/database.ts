import { pgoKey } from "../../platform/workloads.ts";
import { finding } from "../finding.ts";
import { bringBack } from "../mend.ts";
import {
  failureOf,
  inNamespace,
  isLostService,
  isReady,
  minutesSince,
  nameOf,
  newestOf,
  podsOf,
  selects,
  variableOf,
} from "../readings.ts";

const pods = `kubectl -n postgres get pods -L ${pgoKey("role")}`;
const clusters = "kubectl -n postgres describe postgresclusters";
const userSecrets = `kubectl -n postgres get secrets -l ${pgoKey("role")}=pguser --show-labels`;
const rotate = ["pulumi up --replace '**RandomPassword::db-password'"];

export const postgresWithoutPrimary = finding({
  id: "postgres-without-primary",
  link: "database",
  about: "postgres",
  severity: "broken",
  title: "PostgreSQL has no primary",
  meaning: "No PostgreSQL server that is ready has the role of the primary.",
  consequence: "Shlink answers with errors: nothing can be read or written.",
  fix: "Patroni chooses a primary by itself once a server runs. What keeps the servers from it is in their pods' events and logs; without PGO nobody makes them anew.",
  mend: ["kubectl -n postgres-operator scale --replicas=1 deployment/pgo"],
  look: [pods, clusters, "kubectl -n postgres get events"],
  needs: ["pods"],
  find: ({ pods: all }) => {
    const servers = podsOf(all, "postgres");
    const primaries = servers.filter(({ metadata }) =>
      selects({ matchLabels: { [pgoKey("role")]: "master" } }, metadata.labels),
    );
    if (primaries.some(isReady)) return [];
    const ready = servers.filter(isReady).length;
    return [
      {
        text: `${servers.length} servers, ${ready} ready, ${primaries.length} primaries, none ready`,
      },
    ];
  },
});

export const postgresReplicaMissing = finding({
  id: "postgres-replica-missing",
  link: "database",
  about: "postgres",
  severity: "warning",
  title: "A PostgreSQL server is missing",
  meaning:
    "Fewer PostgreSQL servers are ready than the PostgresCluster asks for, while a primary runs.",
  consequence: "A loss of the primary takes longer, or loses what no replica had.",
  fix: "What the pod's events name keeps it from starting: a node, a volume, an image.",
  look: [pods, clusters],
  needs: ["postgresClusters", "pods"],
  find: ({ postgresClusters, pods: all }) =>
    postgresClusters.flatMap(({ metadata, spec }) => {
      const wanted = (spec?.instances ?? []).reduce((sum, { replicas = 1 }) => sum + replicas, 0);
      const ready = podsOf(all, "postgres").filter(isReady).length;
      return ready > 0 && ready < wanted
        ? [{ text: `${metadata.name}: ${ready} of ${wanted} servers are ready` }]
        : [];
    }),
});

export const databaseUnreachable = finding({
  id: "database-unreachable",
  link: "database",
  severity: "broken",
  title: "Shlink does not reach PostgreSQL",
  meaning:
    "The log of a Shlink pod that is not ready says that the connection to PostgreSQL failed, or Shlink's pods are told the name of a Service that is not there.",
  consequence: "Redirects fail with errors, and new pods do not start.",
  fix: "See that a primary runs and that the Service of the primary has endpoints, then that DNS and the network policies let Shlink through.",
  look: [
    pods,
    "kubectl -n postgres get services,endpoints",
    "kubectl -n shlink get networkpolicies",
    "kubectl -n shlink logs -l app=shlink -c shlink --tail=20",
  ],
  needs: ["symptoms", "deployments", "services"],
  find: ({ symptoms, deployments, services }) => [
    ...deployments
      .filter((one) => nameOf(one) === "shlink/shlink")
      .map((one) => variableOf(one, "DB_HOST") ?? "")
      .filter((host) => isLostService(host, services))
      .map((host) => ({ text: `DB_HOST is ${host}, which is no Service` })),
    ...symptoms
      .filter(({ symptom }) => symptom === "database-refused")
      .map(({ namespace, pod }) => ({ text: `the log of ${namespace}/${pod}` })),
  ],
});

export const databaseAccountFailed = finding({
  id: "database-account-failed",
  link: "database",
  severity: "broken",
  title: "Shlink's account in the database was not made",
  meaning:
    "The last Job that makes Shlink's user in a database of others, or gives it a new password, failed.",
  consequence: "Shlink cannot log in, or not with a new password; pulumi up stops.",
  fix: "The pod's last line says why: a server that is not reached, a certificate, a login, or a right that the login does not have. Then pulumi up makes a new Job.",
  mend: ["pulumi up"],
  look: [
    "kubectl -n postgres get jobs,pods",
    "kubectl -n postgres logs -l app=database-account --tail=5",
  ],
  needs: ["jobs"],
  find: ({ jobs }) => {
    const job = newestOf(jobs, "database-account");
    const why = job && failureOf(job);
    return job !== undefined && why !== undefined
      ? [{ text: `Job ${nameOf(job)} failed: ${why}` }]
      : [];
  },
});

export const userSecretUnlabelled = finding({
  id: "user-secret-unlabelled",
  link: "database",
  about: "postgres",
  severity: "broken",
  title: "PGO does not see the user's Secret",
  meaning:
    "The Secret with the password of Shlink's database user lacks a label by which PGO finds it.",
  consequence:
    "PGO makes a password of its own, or never learns of a new one: Shlink's logins fail.",
  fix: "pulumi up --refresh --run-program writes the three labels again.",
  mend: bringBack,
  look: [userSecrets, "kubectl -n postgres get externalsecrets"],
  needs: ["userSecrets"],
  find: ({ userSecrets: secrets }) =>
    secrets.flatMap(({ name, labels }) => {
      const missing = ["cluster", "role", "pguser"].map(pgoKey).filter((key) => !labels[key]);
      return missing.length === 0
        ? []
        : [{ text: `postgres/${name} lacks the labels ${missing.join(", ")}` }];
    }),
});

export const verifierStale = finding({
  id: "verifier-stale",
  link: "database",
  about: "postgres",
  severity: "broken",
  title: "The database's verifier is not the password's",
  meaning:
    "PostgreSQL checks a password by its SCRAM verifier. The one in PGO's Secret, or in the server, belongs to another password.",
  consequence: "Shlink's logins fail with the next connection; connections that are open go on.",
  fix: "Rotate the password: the rotation writes password and verifier together and ends with a login.",
  mend: rotate,
  look: [userSecrets, "kubectl -n postgres get externalsecrets"],
  needs: ["userSecrets"],
  find: ({ userSecrets: secrets }) =>
    secrets.flatMap(({ name, verifierFits, serverAgrees }) => [
      ...(verifierFits === false
        ? [{ text: `postgres/${name}: the verifier is not the password's` }]
        : []),
      ...(serverAgrees === false ? [{ text: `PostgreSQL has another verifier than ${name}` }] : []),
    ]),
});

export const passwordsDiffer = finding({
  id: "passwords-differ",
  link: "database",
  about: "postgres",
  severity: "broken",
  title: "Shlink and PGO have different passwords",
  meaning: "The Secret that Shlink's pods read has another database password than PGO's.",
  consequence: "New pods of Shlink cannot log in; those that run go on until they connect again.",
  fix: "Both come from one place in Vault: see that both ExternalSecrets are in sync, then rotate.",
  mend: rotate,
  look: [userSecrets, "kubectl get externalsecrets -A"],
  needs: ["userSecrets"],
  find: ({ userSecrets: secrets }) =>
    secrets
      .filter(({ shlinkAgrees }) => shlinkAgrees === false)
      .map(({ name }) => ({ text: `postgres/${name} and shlink/shlink-secrets differ` })),
});

export const grantMissing = finding({
  id: "grant-missing",
  link: "database",
  about: "postgres",
  severity: "broken",
  title: "Shlink's user may not make tables",
  meaning:
    "PostgreSQL 15 took CREATE on the schema public from everybody, and PGO does not give it back: the program's GRANT is missing.",
  consequence: "Migrations fail with `permission denied for schema public`; no new version starts.",
  fix: "pulumi up --refresh --run-program gives the GRANT again; a restore to a moment before it had been given takes it away.",
  mend: bringBack,
  look: [pods, "kubectl -n shlink get jobs"],
  needs: ["database"],
  find: ({ database: { mayCreate } }) =>
    mayCreate ? [] : [{ text: "user shlink has no CREATE on schema public of database shlink" }],
});

/** The largest restore that is expected here takes less. */
const restoreMinutes = 60;

export const restoreEndless = finding({
  id: "restore-endless",
  link: "database",
  about: "postgres",
  severity: "broken",
  title: "A restore does not end",
  meaning:
    "The restore waits for a moment that is later than the archive, starting anew for ever; or it has run for more than an hour.",
  consequence: "No PostgreSQL server runs meanwhile, so no link works.",
  fix: "Restore anew, to the end of the archive or to a moment inside it; the end keeps most (docs/database.md#restore).",
  mend: ["npm run restore -- --to-end --overwrite"],
  look: ["kubectl -n postgres get jobs,pods", "kubectl -n postgres get events"],
  needs: ["jobs", "symptoms", "now"],
  find: ({ jobs, symptoms, now }) =>
    jobs
      .filter(inNamespace("postgres"))
      .filter(
        ({ metadata, status }) => /-restore$/.test(metadata.name) && (status?.active ?? 0) > 0,
      )
      .flatMap((job) => {
        const late = symptoms.some(
          ({ symptom, pod }) =>
            symptom === "target-not-reached" && pod.startsWith(job.metadata.name),
        );
        if (late) return [{ text: `${nameOf(job)}: recovery ended before its target was reached` }];
        const age = minutesSince(job.status?.startTime, now);
        return age > restoreMinutes
          ? [{ text: `${nameOf(job)} has run for ${age.toFixed(0)} minutes` }]
          : [];
      }),
});
