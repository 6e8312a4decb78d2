/** Every image that this program names itself; images of charts follow from the charts' versions. */
export const images = {
  /** Runs the scripts in incluster/. */
  node: "docker.io/library/node:24.21.0-slim",
  /** The operator's own default is years old. */
  redisExporter: "quay.io/oliver006/redis_exporter:v1.91.0",
  /** Redis, by the major version that `redis.version` names; both lines are maintained. */
  redis7: "docker.io/library/redis:7.2.16",
  redis8: "docker.io/library/redis:8.2.10",
  /** 4.6.0 is the first with a Redis password in Sentinel mode, and survives a crash of the master. */
  shlink: "docker.io/shlinkio/shlink:4.6.0",
  /** 5.1.5 brings predis 3.5, whose workers do not survive a crash of Redis' master. */
  "shlink-5.1": "docker.io/shlinkio/shlink:5.1.5",
  /** The page for browsers; its release is not bound to Shlink's. */
  webClient: "docker.io/shlinkio/shlink-web-client:4.8.0",
};
