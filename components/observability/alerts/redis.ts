import { fromJob } from "../monitors.ts";
import type { Alert, RuleArgs } from "../types.ts";

export const redisAlerts = (redis: NonNullable<RuleArgs["redis"]>): Alert[] => [
  {
    name: "RedisUnavailable",
    // The exporter runs beside the server, and is gone with it.
    expr: `(sum(redis_up{${fromJob("redis")}}) or vector(0)) == 0`,
    for: "30s",
    severity: "critical",
    summary: "No Redis server answers: no short link works",
    description:
      "Shlink reads Redis for every redirect and waits 20 seconds for each read; the gateway answers 504.",
  },
  {
    name: "RedisWithoutMaster",
    expr: `(count(redis_instance_info{${fromJob("redis")},role="master"}) or vector(0)) != 1`,
    for: "2m",
    severity: "critical",
    summary: "Redis has {{ $value }} masters instead of one",
    description:
      "The sentinels did not agree on a master: links with tags wait for a lock, and new pods do not start.",
  },
  {
    name: "RedisMemoryNearLimit",
    expr: "redis_memory_used_bytes / (redis_memory_max_bytes > 0) > 0.9",
    for: "10m",
    severity: "warning",
    summary: "Redis {{ $labels.pod }} is nearly full",
    description: "{{ $value | humanizePercentage }} of its memory is used; keys are evicted next.",
  },
  {
    name: "RedisSentinelMissing",
    expr: `sum(up{${fromJob("sentinel")}}) < ${redis.sentinels}`,
    for: "10m",
    severity: "warning",
    summary: `Fewer than ${redis.sentinels} sentinels answer`,
    description: "{{ $value }} sentinels answer; without a majority there is no failover.",
  },
  ...(redis.replicas > 1 ? [replicationAlert(redis.replicas - 1)] : []),
];

const replicationAlert = (attached: number): Alert => ({
  name: "RedisReplicationBroken",
  expr: `max(redis_connected_slaves{${fromJob("redis")}}) < ${attached}`,
  for: "5m",
  severity: "warning",
  summary: `Fewer than ${attached} replicas follow the Redis master`,
  description: "{{ $value }} replicas are attached; a failover would lose data or fail.",
});
