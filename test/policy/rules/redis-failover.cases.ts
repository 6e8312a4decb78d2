import { redisFailover } from "../../../policy/rules/redis-failover.ts";
import { REDIS, REDIS_OUTSIDE } from "../support/fixtures/databases.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

export const suite = new Cases(redisFailover, { redis: REDIS, outside: REDIS_OUTSIDE })
  .good("a database in clear, which its own policy judges", "outside", {
    "spec ports": [{ number: 5432, name: "tcp-postgres-5432", protocol: "TCP" }],
  })
  .good("a port of Redis in clear, of another API", "outside", {
    "@type": "kubernetes:example.com/v1:ServiceEntry",
    "spec ports": [{ number: 6379, name: "tcp-redis-6379", protocol: "TCP" }],
  })
  .bad(
    "a Redis outside in clear",
    "outside",
    { "spec ports": [{ number: 6379, name: "tcp-redis-6379", protocol: "TCP" }] },
    'D17 ServiceEntry "shlink/redis-store", spec.ports[0].name: a Redis outside of the cluster is reached in clear.',
  )
  .good("the operator's numbers", "redis", {
    "spec redis replicas": undefined,
    "spec sentinel replicas": undefined,
  })
  .good("a patch of something else", "redis", {
    "@type": "kubernetes:databases.spotahome.com/v1:RedisFailoverPatch",
    spec: {},
  })
  .good("another API", "redis", { "@type": "kubernetes:example.com/v1:RedisFailover", spec: {} })
  .bad(
    "no password",
    "redis",
    { "spec auth": undefined },
    'D12 RedisFailover "redis/shlink-redis", spec.auth.secretPath: Redis asks for no password.',
  )
  .bad(
    "an empty reference",
    "redis",
    { "spec auth secretPath": "" },
    'D12 RedisFailover "redis/shlink-redis", spec.auth.secretPath: Redis asks for no password.',
  )
  .bad(
    "two servers",
    "redis",
    { "spec redis replicas": 2 },
    'D13 RedisFailover "redis/shlink-redis", spec.redis.replicas: there are too few servers or sentinels for a failover.',
  )
  .bad(
    "one sentinel",
    "redis",
    { "spec sentinel replicas": 1 },
    'D13 RedisFailover "redis/shlink-redis", spec.sentinel.replicas: there are too few servers or sentinels for a failover.',
  )
  .bad(
    "four sentinels",
    "redis",
    { "spec sentinel replicas": 4 },
    'D13 RedisFailover "redis/shlink-redis", spec.sentinel.replicas: there are too few servers or sentinels for a failover.',
  )
  .bad(
    "the operator's image",
    "redis",
    { "spec redis image": undefined },
    'D14 RedisFailover "redis/shlink-redis", spec.redis.image: the image is left to the operator.',
  )
  .bad(
    "the node's network",
    "redis",
    { "spec sentinel hostNetwork": true },
    'D16 RedisFailover "redis/shlink-redis", spec.sentinel.hostNetwork: the pods share the node\'s network.',
  )
  .bad(
    "a password in the configuration",
    "redis",
    { "spec redis customConfig": ["requirepass abc"] },
    'D15 RedisFailover "redis/shlink-redis", spec.redis.customConfig[0]: the configuration weakens or contains the password.',
  )
  .bad(
    "no protected mode",
    "redis",
    { "spec redis customConfig": ["protected-mode no"] },
    'D15 RedisFailover "redis/shlink-redis", spec.redis.customConfig[0]: the configuration weakens or contains the password.',
  )
  .unknown(
    "a reference that is an output",
    "redis",
    { "spec auth secretPath": UNKNOWN },
    "spec.auth.secretPath",
  );
