import { fromJob } from "../monitors.ts";
import type { Dashboard, Panel, Query } from "./panel.ts";

const perPod = (expr: string): Query => ({ expr, legend: "{{pod}}" });
const rate = (counter: string) =>
  `sum by (pod) (rate(${counter}{${fromJob("redis")}}[$__rate_interval]))`;

const graphs: Panel[] = [
  {
    title: "Memory, of the limit",
    unit: "percentunit",
    queries: [perPod("redis_memory_used_bytes / (redis_memory_max_bytes > 0)")],
  },
  {
    title: "Memory",
    unit: "bytes",
    queries: [perPod(`max by (pod) (redis_memory_used_bytes{${fromJob("redis")}})`)],
  },
  {
    title: "Role",
    unit: "none",
    queries: [
      {
        expr: `max by (pod, role) (redis_instance_info{${fromJob("redis")}})`,
        legend: "{{pod}} {{role}}",
      },
    ],
  },
  { title: "Evicted keys", unit: "ops", queries: [perPod(rate("redis_evicted_keys_total"))] },
  { title: "Commands", unit: "ops", queries: [perPod(rate("redis_commands_processed_total"))] },
  {
    title: "Clients",
    unit: "none",
    queries: [perPod(`max by (pod) (redis_connected_clients{${fromJob("redis")}})`)],
  },
];

/** A failover needs the majority of the sentinels: https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/. */
const majority = (sentinels: number) => Math.floor(sentinels / 2) + 1;

export const redisDashboard = ({ sentinels }: { sentinels: number }): Dashboard => ({
  uid: "shlink-redis",
  title: "Shlink: Redis",
  panels: [
    {
      title: "Masters",
      unit: "none",
      queries: [
        {
          expr: `count(redis_instance_info{${fromJob("redis")},role="master"}) or vector(0)`,
          legend: "masters",
        },
      ],
      number: { healthyFrom: 1 },
    },
    {
      title: "Replicas of the master",
      unit: "none",
      queries: [{ expr: `max(redis_connected_slaves{${fromJob("redis")}})`, legend: "replicas" }],
      number: {},
    },
    {
      title: "Sentinels that answer",
      unit: "none",
      queries: [{ expr: `sum(up{${fromJob("sentinel")}})`, legend: "sentinels" }],
      number: { healthyFrom: majority(sentinels) },
    },
    {
      title: "Sentinels that agree",
      unit: "none",
      queries: [{ expr: "min(redis_sentinel_master_ok_sentinels)", legend: "sentinels" }],
      number: { healthyFrom: majority(sentinels) },
    },
    ...graphs,
  ],
});
