import { operator } from "./parts.ts";

export const postgresOperator = operator(
  "postgres-operator",
  { "postgres-operator.crunchydata.com/control-plane": "pgo" },
  "Crunchy's PostgreSQL operator, of version 6, which makes the servers of `database`.",
);
