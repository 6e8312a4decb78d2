import type { postgresImages } from "../../platform/chart-images.ts";
import { withImages } from "./images.ts";
import { affinity, filled, placed, pullSecrets, schedule } from "./template.ts";
import type { Pods } from "./types.ts";

type Spec = Record<string, unknown>;
interface Inputs {
  metadata?: Record<string, unknown>;
  spec?: Spec;
}

const templated = (spec: Spec, pods: Pods): Spec => ({
  ...spec,
  template: placed(spec["template"] ?? {}, pods),
});

function cronJob(spec: Spec, pods: Pods): Spec {
  const { jobTemplate } = spec as { jobTemplate: { spec: Spec } };
  return { ...spec, jobTemplate: { ...jobTemplate, spec: templated(jobTemplate.spec, pods) } };
}

const image = (name: (typeof postgresImages)[number], pods: Pods) =>
  filled({ image: pods.images[name] });

/** PGO takes a node selector as an affinity, and all that it makes gets the labels and annotations. */
function postgresCluster(spec: Spec, pods: Pods): Spec {
  const { instances, backups, proxy, monitoring } = spec as unknown as PostgresSpec;
  const where = { ...schedule({ ...pods, nodeSelector: {} }), ...affinity(pods) };
  return {
    ...spec,
    ...image("postgres", pods),
    ...filled({
      imagePullSecrets: pullSecrets(pods),
      metadata: filled({ labels: pods.labels, annotations: pods.annotations }),
    }),
    instances: instances.map((set) => ({ ...set, ...where })),
    ...(backups === undefined ? {} : { backups: withBackups(backups, where, pods) }),
    ...(proxy === undefined
      ? {}
      : { proxy: { pgBouncer: { ...proxy.pgBouncer, ...where, ...image("pgbouncer", pods) } } }),
    ...(monitoring === undefined ? {} : { monitoring: withExporter(monitoring, pods) }),
  };
}

function withBackups({ pgbackrest }: Backups, where: object, pods: Pods): Backups {
  const { jobs, repoHost, restore } = pgbackrest;
  return {
    pgbackrest: {
      ...pgbackrest,
      ...image("pgbackrest", pods),
      ...filled({
        jobs: { ...jobs, ...where },
        repoHost: { ...repoHost, ...where },
      }),
      ...(restore === undefined ? {} : { restore: { ...restore, ...where } }),
    },
  };
}

const withExporter = ({ pgmonitor }: Monitoring, pods: Pods): Monitoring => ({
  pgmonitor: { exporter: { ...pgmonitor.exporter, ...image("postgresExporter", pods) } },
});

/** The operator gives the labels of its own resource to the pods. */
function redisFailover(spec: Spec, pods: Pods): Spec {
  const where = {
    ...schedule(pods),
    ...filled({ podAnnotations: pods.annotations, imagePullSecrets: pullSecrets(pods) }),
  };
  const both = ["redis", "sentinel"].map((part) => [
    part,
    { ...withImages(spec[part] as Spec, pods), ...where },
  ]);
  return { ...spec, ...(Object.fromEntries(both) as Spec) };
}

/** The kinds that have pods in them or make some, each with what places these. */
const specs: Record<string, (spec: Spec, pods: Pods) => Spec> = {
  "kubernetes:apps/v1:Deployment": templated,
  "kubernetes:apps/v1:StatefulSet": templated,
  "kubernetes:apps/v1:DaemonSet": templated,
  "kubernetes:batch/v1:Job": templated,
  "kubernetes:batch/v1:CronJob": cronJob,
  "kubernetes:postgres-operator.crunchydata.com/v1beta1:PostgresCluster": postgresCluster,
  "kubernetes:databases.spotahome.com/v1:RedisFailover": redisFailover,
};

/** The inputs of an object that has or makes pods; undefined for all others. */
export function placedInputs(type: string, inputs: Inputs, pods: Pods): Inputs | undefined {
  const place = specs[type];
  if (place === undefined || inputs.spec === undefined) return undefined;
  const spec = place(inputs.spec, pods);
  if (!type.endsWith(":RedisFailover")) return { ...inputs, spec };
  const labels = { ...pods.labels, ...(inputs.metadata?.["labels"] as object | undefined) };
  return { ...inputs, metadata: { ...inputs.metadata, labels }, spec };
}

interface Backups {
  pgbackrest: { jobs?: object; repoHost?: object; restore?: object };
}
interface Monitoring {
  pgmonitor: { exporter: object };
}
interface PostgresSpec {
  instances: object[];
  backups?: Backups;
  proxy?: { pgBouncer: object };
  monitoring?: Monitoring;
}
