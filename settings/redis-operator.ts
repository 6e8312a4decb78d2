import { operator } from "./parts.ts";

export const redisOperator = operator(
  "redis-operator",
  { "app.kubernetes.io/name": "redis-operator" },
  "The operator that makes the servers of `redis`; which of the two kinds it is, `redis.operator` says.",
);
