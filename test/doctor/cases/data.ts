import type { Job } from "../../../doctor/facts.ts";
import { pgoKey, workloads } from "../../../platform/workloads.ts";
import { migration, minutesAgo } from "../support/healthy.ts";
import type { Case, QuietCase } from "./case.ts";
import { notReady, podNamed } from "./cluster.ts";

const restore = (minutes: number) => ({
  metadata: { namespace: "postgres", name: "shlink-db-pgbackrest-restore" },
  status: { active: 1, startTime: minutesAgo(minutes) },
});

const account = (status: Job["status"]): Job => ({
  metadata: { namespace: "postgres", name: "database-account-1" },
  spec: { template: { metadata: { labels: workloads["database-account"].labels } } },
  status,
});

export const cases: Case[] = [
  {
    id: "database-account-failed",
    what: "a login that may not give rights",
    change: ({ jobs }) => jobs.push(account({ failed: 1 })),
    says: /Job postgres\/database-account-1 failed/,
  },
  {
    id: "restore-endless",
    what: "a target later than the archive",
    change: ({ jobs, symptoms }) => {
      jobs.push(restore(5));
      const pod = "shlink-db-pgbackrest-restore-abc";
      symptoms.push({ namespace: "postgres", pod, symptom: "target-not-reached" });
    },
    says: /recovery ended before its target/,
  },
  {
    id: "restore-endless",
    what: "a restore of two hours",
    change: ({ jobs }) => jobs.push(restore(120)),
    says: /has run for 120 minutes/,
  },
  {
    id: "postgres-without-primary",
    what: "a primary that is not ready",
    change: (facts) => notReady(facts, "pg-0"),
    says: /1 servers, 0 ready, 1 primaries/,
  },
  {
    id: "postgres-without-primary",
    what: "servers without a role",
    change: (facts) => delete podNamed(facts, "pg-0").metadata.labels![pgoKey("role")],
    says: /1 servers, 1 ready, 0 primaries/,
  },
  {
    id: "user-secret-unlabelled",
    what: "a label that was taken away",
    change: ({ userSecrets: [one] }) => delete one!.labels[pgoKey("pguser")],
    says: /lacks the labels .*pguser/,
  },
  {
    id: "verifier-stale",
    what: "a verifier of another password",
    change: ({ userSecrets: [one] }) => (one!.verifierFits = false),
    says: /the verifier is not the password's/,
  },
  {
    id: "verifier-stale",
    what: "a server that never got the new one",
    change: ({ userSecrets: [one] }) => (one!.serverAgrees = false),
    says: /PostgreSQL has another verifier/,
  },
  {
    id: "passwords-differ",
    what: "a copy of another password",
    change: ({ userSecrets: [one] }) => (one!.shlinkAgrees = false),
    says: /differ/,
  },
  {
    id: "grant-missing",
    what: "a schema without the GRANT",
    change: ({ database }) => (database.mayCreate = false),
    says: /no CREATE on schema public/,
  },
  {
    id: "postgres-replica-missing",
    what: "one server of three",
    change: ({ postgresClusters: [one] }) => (one!.spec!.instances = [{ replicas: 3 }]),
    says: /1 of 3 servers/,
  },
  {
    id: "database-unreachable",
    what: "a log that says so",
    change: ({ symptoms }) =>
      symptoms.push({ namespace: "shlink", pod: "shlink-0", symptom: "database-refused" }),
    says: /shlink\/shlink-0/,
  },
  {
    id: "database-unreachable",
    what: "a host that is no Service",
    change: ({ deployments: [one] }) =>
      one!.spec!.template.spec.containers[0]!.env!.push({
        name: "DB_HOST",
        value: "x.postgres.svc",
      }),
    says: /DB_HOST is x\.postgres\.svc, which is no Service/,
  },
  {
    id: "redis-unavailable",
    what: "no server",
    change: (facts) =>
      (facts.pods = facts.pods.filter(({ metadata }) => !metadata.name.startsWith("rfr"))),
    says: /0 Redis servers/,
  },
  {
    id: "redis-without-master",
    what: "two replicas",
    change: (facts) => (podNamed(facts, "rfr-0").metadata.labels!["redisfailovers-role"] = "slave"),
    says: /0 of them master/,
  },
  {
    id: "redis-without-master",
    what: "two masters",
    change: (facts) =>
      (podNamed(facts, "rfr-1").metadata.labels!["redisfailovers-role"] = "master"),
    says: /2 of them master/,
  },
  {
    id: "sentinel-master-unknown",
    what: "a sentinel without a master",
    change: ({ sentinel }) => delete sentinel.master,
    says: /knows no master/,
  },
  {
    id: "sentinel-master-unknown",
    what: "a sentinel that names a pod of yesterday",
    change: ({ sentinel }) => (sentinel.master = "10.0.0.99"),
    says: /10\.0\.0\.99, which no Redis pod has/,
  },
  {
    id: "redis-sentinel-missing",
    what: "two of three",
    change: (facts) => notReady(facts, "rfs-2"),
    says: /2 of 3 sentinels/,
  },
  {
    id: "redis-replica-missing",
    what: "one of two",
    change: (facts) => notReady(facts, "rfr-1"),
    says: /1 of 2 Redis servers/,
  },
  {
    id: "sentinel-list-short",
    what: "one address",
    change: ({ deployments: [one] }) =>
      (one!.spec!.template.spec.containers[0]!.env![0]!.value = "tcp://rfs:26379"),
    says: /has 1 entries/,
  },
  {
    id: "sentinel-list-short",
    what: "a host that is no Service",
    change: ({ deployments: [one] }) =>
      (one!.spec!.template.spec.containers[0]!.env![0]!.value = "tcp://a.redis.svc:1,tcp://b:2"),
    says: /names a\.redis\.svc, which is no Service\n.*names b, which/,
  },
  {
    id: "sentinel-list-short",
    what: "another name of the master",
    change: ({ deployments: [one] }) =>
      (one!.spec!.template.spec.containers[0]!.env![1]!.value = "master"),
    says: /REDIS_SENTINEL_SERVICE is master/,
  },
  {
    id: "migration-locked",
    what: "a start that waits",
    change: ({ symptoms }) =>
      symptoms.push({ namespace: "shlink", pod: "shlink-0", symptom: "waits-for-migration" }),
    says: /shlink-0 waits for the lock/,
  },
  {
    id: "migration-failed",
    what: "a Job that failed",
    change: (facts) => (facts.jobs = [migration({ failed: 2, active: 1 })]),
    says: /shlink-migration-1: 2 pods failed/,
  },
  {
    id: "migration-failed",
    what: "a Job that came to its deadline before it had a pod",
    change: (facts) => {
      const conditions = [{ type: "Failed", status: "True", reason: "DeadlineExceeded" }];
      facts.jobs = [migration({ conditions })];
    },
    says: /shlink-migration-1: DeadlineExceeded/,
  },
  {
    id: "shlink-unavailable",
    what: "no pod",
    change: ({ deployments: [one] }) => (one!.status!.readyReplicas = 0),
    says: /0 of 1 pods/,
  },
  {
    id: "shlink-unavailable",
    what: "no Deployment",
    change: (facts) => (facts.deployments = []),
    says: /no Deployment/,
  },
  {
    id: "shlink-replicas-unavailable",
    what: "one of three",
    change: ({ deployments: [one] }) => (one!.spec!.replicas = 3),
    says: /1 of 3 pods/,
  },
];

export const quiet: QuietCase[] = [
  {
    id: "database-unreachable",
    what: "a database elsewhere",
    change: ({ deployments: [one] }) =>
      one!.spec!.template.spec.containers[0]!.env!.push({ name: "DB_HOST", value: "db.example" }),
  },
  {
    id: "redis-replica-missing",
    what: "more servers than are asked for",
    change: ({ redisFailovers: [one] }) => (one!.spec!.redis!.replicas = 1),
  },
  {
    id: "database-account-failed",
    what: "an account that was made at last",
    change: ({ jobs }) => jobs.push(account({ succeeded: 1 })),
  },
  {
    id: "migration-failed",
    what: "a Job that succeeded at its second try",
    change: (facts) => (facts.jobs = [migration({ failed: 1, succeeded: 1 })]),
  },
  {
    id: "migration-failed",
    what: "an older Job that failed",
    change: ({ jobs }) => {
      const older = migration({ failed: 4 });
      older.metadata.creationTimestamp = minutesAgo(600);
      jobs.push(older);
    },
  },
  {
    id: "sentinel-list-short",
    what: "a container that a webhook put before Shlink's",
    change: ({ deployments: [one] }) =>
      one!.spec!.template.spec.containers.unshift({ name: "agent" }),
  },
  {
    id: "restore-endless",
    what: "a restore of today",
    change: ({ jobs }) => jobs.push(restore(5)),
  },
  {
    id: "verifier-stale",
    what: "a verifier that could not be compared",
    change: ({ userSecrets: [one] }) => {
      delete one!.verifierFits;
      delete one!.serverAgrees;
    },
  },
];
