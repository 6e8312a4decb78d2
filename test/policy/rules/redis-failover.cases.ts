import { redisFailover } from "../../../policy/rules/redis-failover.ts";
import { REDIS } from "../support/fixtures/databases.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

export const suite = new Cases(redisFailover, { redis: REDIS })
  .good("redis", {
    "the operator's numbers": {
      "spec redis replicas": undefined,
      "spec sentinel replicas": undefined,
    },
    "a patch of something else": {
      "@type": "kubernetes:databases.spotahome.com/v1:RedisFailoverPatch",
      spec: {},
    },
    "another API": { "@type": "kubernetes:example.com/v1:RedisFailover", spec: {} },
  })
  .bad(
    "redis",
    'D12 RedisFailover "redis/shlink-redis", spec.auth.secretPath: Redis asks for no password.',
    {
      "no password": { "spec auth": undefined },
      "an empty reference": { "spec auth secretPath": "" },
    },
  )
  .bad(
    "redis",
    'D13 RedisFailover "redis/shlink-redis", spec.redis.replicas: there are too few servers or sentinels for a failover.',
    { "two servers": { "spec redis replicas": 2 } },
  )
  .bad(
    "redis",
    'D13 RedisFailover "redis/shlink-redis", spec.sentinel.replicas: there are too few servers or sentinels for a failover.',
    {
      "one sentinel": { "spec sentinel replicas": 1 },
      "four sentinels": { "spec sentinel replicas": 4 },
    },
  )
  .bad(
    "redis",
    'D14 RedisFailover "redis/shlink-redis", spec.redis.image: the image is left to the operator.',
    { "the operator's image": { "spec redis image": undefined } },
  )
  .bad(
    "redis",
    'D16 RedisFailover "redis/shlink-redis", spec.sentinel.hostNetwork: the pods share the node\'s network.',
    { "the node's network": { "spec sentinel hostNetwork": true } },
  )
  .bad(
    "redis",
    'D15 RedisFailover "redis/shlink-redis", spec.redis.customConfig[0]: the configuration weakens or contains the password.',
    {
      "a password in the configuration": { "spec redis customConfig": ["requirepass abc"] },
      "no protected mode": { "spec redis customConfig": ["protected-mode no"] },
    },
  )
  .unknown("redis", "spec.auth.secretPath", {
    "a reference that is an output": { "spec auth secretPath": UNKNOWN },
  });
