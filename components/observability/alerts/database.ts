import { longestGap } from "../schedule.ts";
import type { Alert, RuleArgs } from "../types.ts";

/** A backup may take this long, and start this late, before its age is a fault. */
const graceSeconds = 6 * 3600;
const lagBytes = 50 * 1024 ** 2;

export const databaseAlerts = (database: NonNullable<RuleArgs["database"]>): Alert[] => [
  ...serverAlerts,
  ...(database.instances > 1 ? replicaAlerts(database.instances) : []),
  ...(database.fullSchedule === undefined ? [] : [backupAlert(database.fullSchedule)]),
];

const serverAlerts: Alert[] = [
  {
    name: "PostgresDown",
    expr: "pg_up == 0",
    for: "1m",
    severity: "critical",
    summary: "PostgreSQL server {{ $labels.pod }} does not answer",
    description: "The exporter beside it cannot log in.",
  },
  {
    name: "PostgresWithoutPrimary",
    // pgMonitor: 1 is a replica, 2 a primary.
    expr: "(max(ccp_is_in_recovery_status) or vector(0)) < 2",
    for: "1m",
    severity: "critical",
    summary: "PostgreSQL has no primary",
    description: "Nothing can be written: links cannot be made and visits are not counted.",
  },
];

const replicaAlerts = (instances: number): Alert[] => [
  {
    name: "PostgresReplicaMissing",
    expr: `count(pg_up == 1) < ${instances}`,
    for: "10m",
    severity: "warning",
    summary: `Fewer than ${instances} PostgreSQL servers run`,
    description: "{{ $value }} servers run; the next failure may leave none.",
  },
  {
    name: "PostgresReplicaLag",
    expr: `max by (replica) (ccp_replication_lag_size_bytes) > ${lagBytes}`,
    for: "5m",
    severity: "warning",
    summary: "A PostgreSQL replica is behind",
    description: "It lacks {{ $value | humanize1024 }}B of the primary's log.",
  },
];

function backupAlert(schedule: string): Alert {
  return {
    name: "BackupTooOld",
    expr: `min by (repo) (ccp_backrest_last_full_backup_time_since_completion_seconds) > ${longestGap(schedule) + graceSeconds}`,
    for: "15m",
    severity: "critical",
    summary: "The last full backup is older than its schedule",
    description: `It was made {{ $value | humanizeDuration }} ago; the schedule is ${schedule}.`,
  };
}
