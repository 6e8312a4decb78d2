import { containerImages } from "../../../policy/rules/container-images.ts";
import { REDIS } from "../support/fixtures/databases.ts";
import { CONTAINER, DEPLOYMENT, POD } from "../support/fixtures/workloads.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

export const suite = new Cases(containerImages, { deployment: DEPLOYMENT, redis: REDIS })
  .good("a digest", "deployment", {
    [`${CONTAINER} image`]: `example.com/a@sha256:${"0".repeat(64)}`,
  })
  .good("a registry with a port", "deployment", { [`${CONTAINER} image`]: "registry:5000/a:1.2.3" })
  .good("no image, which a sidecar injector fills in", "deployment", {
    [`${CONTAINER} image`]: undefined,
  })
  .bad(
    "no tag",
    "deployment",
    { [`${CONTAINER} image`]: "registry:5000/a" },
    'K01 Deployment "shlink/shlink", spec.template.spec.containers[0].image: the image has no exact tag.',
  )
  .bad(
    "latest",
    "deployment",
    { [`${CONTAINER} image`]: "a:latest" },
    'K01 Deployment "shlink/shlink", spec.template.spec.containers[0].image: the image has no exact tag.',
  )
  .bad(
    "Shlink's stable",
    "deployment",
    { [`${CONTAINER} image`]: "shlinkio/shlink:stable" },
    'K01 Deployment "shlink/shlink", spec.template.spec.containers[0].image: the image has no exact tag.',
  )
  .bad(
    "a major version",
    "deployment",
    { [`${CONTAINER} image`]: "postgres:15" },
    'K01 Deployment "shlink/shlink", spec.template.spec.containers[0].image: the image has no exact tag.',
  )
  .bad(
    "a dead registry",
    "deployment",
    { [`${CONTAINER} image`]: "k8s.gcr.io/pause:3.1" },
    'K03 Deployment "shlink/shlink", spec.template.spec.containers[0].image: the image comes from a registry that is no longer maintained.',
  )
  .bad(
    "an init container",
    "deployment",
    { [`${POD} initContainers`]: [{ image: "a" }] },
    'K01 Deployment "shlink/shlink", spec.template.spec.initContainers[0].image: the image has no exact tag.',
  )
  .bad(
    "Redis",
    "redis",
    { "spec redis image": "redis:latest" },
    'K01 RedisFailover "redis/shlink-redis", spec.redis.image: the image has no exact tag.',
  )
  .bad(
    "a sentinel",
    "redis",
    { "spec sentinel image": "redis" },
    'K01 RedisFailover "redis/shlink-redis", spec.sentinel.image: the image has no exact tag.',
  )
  .unknown(
    "an image that is an output",
    "deployment",
    { [`${CONTAINER} image`]: UNKNOWN },
    "spec.template.spec.containers[0].image",
  );
