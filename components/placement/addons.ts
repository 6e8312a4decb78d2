import type { addonRegistries } from "../../platform/chart-images.ts";
import { addonImage } from "./images.ts";
import { filled, pullSecrets, schedule } from "./template.ts";
import type { Pods } from "./types.ts";

type Values = Record<string, unknown>;

/** The digest without its algorithm, as most charts want it. */
const image = (name: keyof typeof addonRegistries, pods: Pods) => {
  const { digest, ...others } = addonImage(name, pods);
  const sha = digest?.replace("sha256:", "");
  return filled({ image: filled({ ...others, sha }) });
};

const meta = ({ labels, annotations }: Pods) =>
  filled({ podLabels: labels, podAnnotations: annotations });

const prometheus = (pods: Pods): Values => ({
  ...filled({ global: filled({ imagePullSecrets: pullSecrets(pods) }) }),
  prometheusOperator: {
    ...schedule(pods),
    ...meta(pods),
    ...image("prometheusOperator", pods),
    ...filled({ prometheusConfigReloader: image("prometheusConfigReloader", pods) }),
  },
  prometheus: {
    prometheusSpec: {
      ...schedule(pods),
      ...filled({
        podMetadata: filled({ labels: pods.labels, annotations: pods.annotations }),
      }),
      ...image("prometheus", pods),
    },
  },
  "kube-state-metrics": {
    ...schedule(pods),
    ...filled({ customLabels: pods.labels, podAnnotations: pods.annotations }),
    ...image("kubeStateMetrics", pods),
  },
});

const grafana = (pods: Pods): Values => ({
  ...schedule(pods),
  ...meta(pods),
  ...image("grafana", pods),
  ...filled({ imagePullSecrets: pods.pullSecrets }),
});

/** The chart knows no priority and no annotations: see OperatorPods. */
function jaeger(pods: Pods): Values {
  const { nodeSelector, tolerations } = pods;
  return {
    jaeger: {
      ...filled({
        nodeSelector,
        tolerations,
        podLabels: pods.labels,
        image: filled({ ...addonImage("jaeger", pods), pullSecrets: pods.pullSecrets }),
      }),
    },
  };
}

function kiali(pods: Pods): Values {
  const { priorityClass, nodeSelector, tolerations } = pods;
  return {
    deployment: filled({
      node_selector: nodeSelector,
      tolerations,
      priority_class_name: priorityClass,
      pod_labels: pods.labels,
      pod_annotations: pods.annotations,
      image_pull_secrets: pods.pullSecrets,
      ...kialiImage(pods),
    }),
  };
}

/** A digest stands in place of a version there. */
function kialiImage(pods: Pods): Values {
  const { registry, repository = "kiali/kiali", digest } = addonImage("kiali", pods);
  if (registry === undefined) return {};
  const name = { image_name: `${registry}/${repository}` };
  return digest === undefined
    ? name
    : { ...name, image_digest: "sha256", image_version: digest.replace("sha256:", "") };
}

/** The values that place each addon's pods, by release. */
export const addonValues = { prometheus, grafana, jaeger, kiali };
