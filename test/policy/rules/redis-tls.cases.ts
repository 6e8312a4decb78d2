import { redisTls } from "../../../policy/rules/redis-tls.ts";
import { REDIS, REDIS_OUTSIDE } from "../support/fixtures/databases.ts";
import { DEPLOYMENT, ENV } from "../support/fixtures/workloads.ts";
import { StackCases, type Change, type Fixture, UNKNOWN } from "../support/suite.ts";

const FILLED: Fixture = {
  type: "kubernetes:external-secrets.io/v1:ExternalSecret",
  name: "shlink-secrets",
  props: {
    metadata: { name: "shlink-secrets", namespace: "shlink" },
    spec: {
      target: { template: { data: { "redis-servers": "tls://:{{ .p }}@redis.data.svc:6379" } } },
    },
  },
};
const WRITTEN: Fixture = {
  type: "kubernetes:core/v1:Secret",
  name: "shlink-secrets",
  props: { metadata: { name: "shlink-secrets", namespace: "shlink" } },
};

const env = (value: unknown, name = "REDIS_SERVERS"): Change => ({ [ENV]: [{ name, value }] });
const template = (value: unknown, key = "redis-servers"): Change => ({
  "spec target": { template: { data: { [key]: value } } },
});
const base64 = (text: string) => Buffer.from(text).toString("base64");
const said = (where: string) => [`D17 ${where}: a Redis of others is reached in clear.`];

const ports = 'ServiceEntry "shlink/redis-store", spec.ports[0].name';
const variable = 'Deployment "shlink/shlink", spec.template.spec.containers[0].env[REDIS_SERVERS]';
const file = 'ExternalSecret "shlink/shlink-secrets", spec.target.template.data.redis-servers';

/** A stack with a Redis of its own, in namespace `redis`, and a second one of others. */
export const suite = new StackCases(redisTls, {
  redis: REDIS,
  outside: REDIS_OUTSIDE,
  deployment: DEPLOYMENT,
  filled: FILLED,
  written: WRITTEN,
})
  .good("a database in clear, which its own policy judges", {
    outside: { "spec ports": [{ number: 5432, name: "tcp-postgres-5432", protocol: "TCP" }] },
  })
  .good("a port of Redis in clear, of another API", {
    outside: {
      "@type": "kubernetes:example.com/v1:ServiceEntry",
      "spec ports": [{ number: 6379, name: "tcp-redis-6379", protocol: "TCP" }],
    },
  })
  .bad(
    "a Redis outside in clear",
    { outside: { "spec ports": [{ number: 6379, name: "tcp-redis-6379", protocol: "TCP" }] } },
    said(ports),
  )
  .bad(
    "a Redis outside in Istio's own protocol for it",
    { outside: { "spec ports": [{ number: 6379, name: "redis-redis", protocol: "REDIS" }] } },
    said(ports),
  )
  .unknown("a port whose name is an output", { outside: { "spec ports": [{ name: UNKNOWN }] } }, [
    "spec.ports[0].name",
  ])
  .good("the stack's own Redis in clear", {
    deployment: env("tcp://rfs-shlink-redis.redis.svc.cluster.local:26379,rfs.redis.svc"),
  })
  .good("TLS, by each of its names", {
    deployment: env("tls://a.data.svc:6379,rediss://b.data.svc:6379 SSL://u:p@c.data.svc"),
  })
  .good("a host outside, which its ServiceEntry tells of", {
    deployment: env("tcp://redis.example.com:6379,tcp://10.0.0.7,tcp://a.data.svc.example.com"),
  })
  .good("a variable that names no address of Redis", {
    deployment: env("tcp://a.data.svc:6379", "REDIS_SERVERS_FILE"),
  })
  .bad("a sentinel in the cluster", { deployment: env("tcp://s.data.svc:26379") }, said(variable))
  .bad(
    "one of several without TLS, by its whole name and without a scheme",
    { deployment: env("tls://a.data.svc:1,:p@B.DATA.svc.cluster.local.:2") },
    said(variable),
  )
  .bad(
    "a namespace called redis in which nothing is the stack's",
    { redis: undefined, deployment: env("tcp://redis.redis.svc:6379") },
    said(variable),
  )
  .bad(
    "a namespace whose RedisFailover is of another API",
    {
      redis: { "@type": "kubernetes:example.com/v1:RedisFailover" },
      deployment: env("tcp://redis.redis.svc:6379"),
    },
    said(variable),
  )
  .bad(
    "another variable for an address",
    { deployment: env("redis://:p@a.data.svc/0", "CACHE_REDIS_URL") },
    said(variable.replace("REDIS_SERVERS", "CACHE_REDIS_URL")),
  )
  .unknown("an address that is an output", { deployment: env(UNKNOWN) }, [
    "spec.template.spec.containers[0].env[0].value",
  ])
  .bad(
    "an address that External Secrets fills in",
    { filled: template("tls://:{{ .p }}@a.data.svc:1,tcp://:{{ .p }}@b.data.svc:2") },
    said(file),
  )
  .good("another key of an ExternalSecret", { filled: template("tcp://a.data.svc", "redis-note") })
  .good("an ExternalSecret of another API", {
    filled: {
      "@type": "kubernetes:example.com/v1:ExternalSecret",
      ...template("tcp://a.data.svc:6379"),
    },
  })
  .unknown("a template that is an output", { filled: template(UNKNOWN) }, [
    "spec.target.template.data.redis-servers",
  ])
  .bad(
    "an address in a Secret",
    { written: { data: { "redis-servers": base64("tcp://:p@a.data.svc:6379") } } },
    said('Secret "shlink/shlink-secrets", data.redis-servers'),
  )
  .bad(
    "an address in a Secret's plain part",
    { written: { stringData: { "redis-url": "redis://a.data.svc" } } },
    said('Secret "shlink/shlink-secrets", stringData.redis-url'),
  )
  .good("an address with TLS in a Secret, and whatever is no address", {
    written: {
      data: { "redis-servers": base64("tls://:p@a.data.svc:6379"), "redis-password": "YQ==" },
      stringData: { other: "tcp://a.data.svc:6379" },
    },
  })
  .good("an object like a Secret, of another API", {
    written: {
      "@type": "kubernetes:example.com/v1:Secret",
      stringData: { "redis-url": "redis://a.data.svc" },
    },
  })
  .unknown(
    "a Secret's address that is an output",
    { written: { stringData: { "redis-url": UNKNOWN } } },
    ["stringData.redis-url"],
  );
