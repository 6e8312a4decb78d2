import { containerImages } from "../../../policy/rules/container-images.ts";
import { REDIS } from "../support/fixtures/databases.ts";
import { CONTAINER, DEPLOYMENT, POD } from "../support/fixtures/workloads.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

export const suite = new Cases(containerImages, { deployment: DEPLOYMENT, redis: REDIS })
  .good("deployment", {
    "a digest": { [`${CONTAINER} image`]: `example.com/a@sha256:${"0".repeat(64)}` },
    "a registry with a port": { [`${CONTAINER} image`]: "registry:5000/a:1.2.3" },
    "no image, which a sidecar injector fills in": { [`${CONTAINER} image`]: undefined },
  })
  .bad(
    "deployment",
    'K01 Deployment "shlink/shlink", spec.template.spec.containers[0].image: the image has no exact tag.',
    {
      "no tag": { [`${CONTAINER} image`]: "registry:5000/a" },
      latest: { [`${CONTAINER} image`]: "a:latest" },
      "Shlink's stable": { [`${CONTAINER} image`]: "shlinkio/shlink:stable" },
      "a major version": { [`${CONTAINER} image`]: "postgres:15" },
    },
  )
  .bad(
    "deployment",
    'K03 Deployment "shlink/shlink", spec.template.spec.containers[0].image: the image comes from a registry that is no longer maintained.',
    { "a dead registry": { [`${CONTAINER} image`]: "k8s.gcr.io/pause:3.1" } },
  )
  .bad(
    "deployment",
    'K01 Deployment "shlink/shlink", spec.template.spec.initContainers[0].image: the image has no exact tag.',
    { "an init container": { [`${POD} initContainers`]: [{ image: "a" }] } },
  )
  .bad(
    "redis",
    'K01 RedisFailover "redis/shlink-redis", spec.redis.image: the image has no exact tag.',
    { Redis: { "spec redis image": "redis:latest" } },
  )
  .bad(
    "redis",
    'K01 RedisFailover "redis/shlink-redis", spec.sentinel.image: the image has no exact tag.',
    { "a sentinel": { "spec sentinel image": "redis" } },
  )
  .unknown("deployment", "spec.template.spec.containers[0].image", {
    "an image that is an output": { [`${CONTAINER} image`]: UNKNOWN },
  });
