import type { RedisOperator } from "../../platform/charts.ts";
import { addonValues } from "./addons.ts";
import { chartImage, repositoryAndTag } from "./images.ts";
import { affinity, filled, pullSecrets, schedule } from "./template.ts";
import type { Pods } from "./types.ts";

type Values = Record<string, unknown>;
type Make = (pods: Pods, operator: RedisOperator) => Values;

const meta = ({ labels, annotations }: Pods) =>
  filled({ podLabels: labels, podAnnotations: annotations });

/** The agent is on every node that has pods of the mesh, tolerates every taint, and is critical for its node. */
const cni: Make = (pods, operator) => ({
  ...filled({
    image: chartImage("istioCni", pods, operator),
    global: filled({ imagePullSecrets: pods.pullSecrets }),
  }),
  ...affinity(pods),
  ...meta(pods),
});

/** The images of proxies, and what they are pulled with, are put into pods by istiod. */
const istiod: Make = (pods, operator) => {
  const { priorityClassName, ...where } = schedule(pods);
  const proxy = filled({ image: chartImage("istioProxy", pods, operator) });
  return {
    ...where,
    ...meta(pods),
    ...filled({
      image: chartImage("istiod", pods, operator),
      global: filled({
        priorityClassName,
        imagePullSecrets: pods.pullSecrets,
        proxy,
        proxy_init: proxy,
      }),
    }),
  };
};

const gateway: Make = (pods) => ({
  ...schedule(pods),
  ...filled({
    labels: pods.labels,
    podAnnotations: pods.annotations,
    imagePullSecrets: pullSecrets(pods),
  }),
});

const vault: Make = (pods, operator) => ({
  ...filled({ global: filled({ imagePullSecrets: pullSecrets(pods) }) }),
  server: {
    ...schedule(pods),
    ...filled({ extraLabels: pods.labels, annotations: pods.annotations }),
    ...repositoryAndTag(chartImage("vault", pods, operator)),
  },
});

const externalSecrets: Make = (pods, operator) => {
  const each = {
    ...schedule(pods),
    ...meta(pods),
    ...filled({ imagePullSecrets: pullSecrets(pods) }),
    ...repositoryAndTag(chartImage("externalSecrets", pods, operator)),
  };
  return { ...each, webhook: each, certController: each };
};

/** The chart knows no node selector, priority or annotations: see OperatorPods. */
const pgo: Make = (pods, operator) => {
  const cluster = chartImage("pgo", pods, operator);
  return {
    ...filled({
      tolerations: pods.tolerations,
      customPodLabels: pods.labels,
      imagePullSecretNames: pods.pullSecrets,
      controllerImages: filled({ cluster }),
    }),
    ...affinity(pods),
  };
};

/** The chart knows no labels, and one pull secret only: see OperatorPods. */
const redisOperator: Make = (pods, operator) => ({
  ...schedule(pods),
  ...filled({ annotations: pods.annotations }),
  ...repositoryAndTag(chartImage("redisOperator", pods, operator)),
  ...(pods.pullSecrets.length === 0
    ? {}
    : { imageCredentials: { create: true, existsSecrets: pods.pullSecrets.slice(0, 1) } }),
});

const janitor: Make = (pods) => ({
  pod: filled({
    labels: pods.labels,
    annotations: pods.annotations,
    spec: { ...schedule(pods), ...filled({ imagePullSecrets: pullSecrets(pods) }) },
  }),
});

/** The values in which a chart takes what the settings say of pods, by release. */
export const releaseValues: Record<string, Make> = {
  "istio-base": () => ({}),
  "istio-cni": cni,
  istiod,
  "istio-ingressgateway": gateway,
  vault,
  "external-secrets": externalSecrets,
  pgo,
  "redis-operator": redisOperator,
  janitor,
  ...addonValues,
};
