import type { ChartName } from "./charts.ts";
import type { NamespaceName } from "./namespaces.ts";
import type { WorkloadName } from "./workloads.ts";

/** The parts that a stack may leave to others, each with the mode of its settings. */
interface Choices {
  database: { mode: string };
  redis: { mode: string };
}

/** What a stack does not have, because somebody else runs it. */
export interface Others {
  charts: ChartName[];
  namespaces: NamespaceName[];
  workloads: WorkloadName[];
}

const parts: Record<keyof Choices, Others> = {
  // The database's own namespace stays: what makes Shlink's account runs there, with the administrator's login.
  database: {
    charts: ["pgo"],
    namespaces: ["postgres-operator"],
    workloads: ["pgo", "postgres", "pgbouncer", "pgbackrest"],
  },
  redis: {
    charts: ["redisOperator", "freshworksRedisOperator"],
    namespaces: ["redis-operator", "redis"],
    workloads: ["redis-operator", "redis", "sentinel", "redis-ready"],
  },
};

export const isOutside = ({ mode }: { mode: string }) => mode === "outside";

/** The namespaces and pods of the parts that somebody else runs. */
export function othersOf(settings: Choices): Others {
  const given = (["database", "redis"] as const)
    .filter((part) => isOutside(settings[part]))
    .map((part) => parts[part]);
  return {
    charts: given.flatMap(({ charts }) => charts),
    namespaces: given.flatMap(({ namespaces }) => namespaces),
    workloads: given.flatMap(({ workloads }) => workloads),
  };
}

/** A server of data that somebody else runs. */
export interface OutsideStore {
  /** What it is, for names of objects. */
  name: "postgres" | "redis";
  hosts: string[];
  ports: number[];
  /** The networks of its addresses, in CIDR notation; none where all hosts are Services of the cluster. */
  networks: string[];
  /** Whether clients ask it for TLS. */
  encrypted: boolean;
  why: string;
}
