/** What the thresholds follow from. */
export interface RuleArgs {
  /** Absent: Vault is not this stack's. */
  vault?: { replicas: number; snapshotSchedule?: string };
  /** Absent: somebody else runs PostgreSQL, and watches it. */
  database?: { instances: number; fullSchedule?: string };
  /** Absent: somebody else runs Redis, and watches it. */
  redis?: { replicas: number; sentinels: number };
  shlinkReplicas: number;
  /** Whether a blackbox exporter looks at the certificates. */
  probes: boolean;
  /** Jobs that must have targets. */
  jobs: string[];
  /** Namespaces of parts that are not this stack's, and that others watch. Default: none. */
  others?: string[];
}

export interface Alert {
  name: string;
  expr: string;
  /** How long the condition has to hold. */
  for: string;
  /** `critical` wakes somebody, `warning` waits for the next day. */
  severity: "critical" | "warning";
  summary: string;
  description: string;
}

export interface RecordingRule {
  record: string;
  expr: string;
}
