import { type ChartName, charts } from "../../../../platform/charts.ts";
import type { Registration } from "../../../../plan/render.ts";
import { type Rendered, renderChart, renderFolder } from "../../../support/charts.ts";
import type { Synthesis } from "../../../support/synth.ts";

type Labels = Record<string, string>;

/** What is asked of a pod, wherever it comes from. */
export interface Pod {
  /** Namespace and name of what makes it. */
  name: string;
  nodes: Labels;
  tolerations: { key?: string; operator?: string }[];
  priority: string | undefined;
  labels: Labels;
  annotations: Labels;
  pullSecrets: string[];
  images: string[];
}

interface Template {
  metadata?: { labels?: Labels; annotations?: Labels };
  spec?: PodSpec;
}
interface PodSpec {
  nodeSelector?: Labels;
  affinity?: Affinity;
  tolerations?: Pod["tolerations"];
  priorityClassName?: string;
  imagePullSecrets?: { name: string }[];
  serviceAccountName?: string;
  containers?: { image: string }[];
  initContainers?: { image: string }[];
}
interface Affinity {
  nodeAffinity?: {
    requiredDuringSchedulingIgnoredDuringExecution?: {
      nodeSelectorTerms: { matchExpressions: { key: string; values: string[] }[] }[];
    };
  };
}

/** The pods of everything that a stack registers; `without` names releases whose charts cannot be had here. */
export async function podsOf(stack: Synthesis, without: string[]): Promise<Pod[]> {
  const patches = stack.of("DeploymentPatch");
  const found: Pod[] = [];
  for (const { type, name, inputs } of stack.registrations) {
    if (type.endsWith(":Release") && !without.includes(name))
      found.push(...podsOfObjects(await renderRelease(inputs), patches));
    else if (type.endsWith(":PostgresCluster")) found.push(...postgresPods(inputs));
    else if (type.endsWith(":RedisFailover")) found.push(...redisPods(inputs));
    else if (type.startsWith("kubernetes:"))
      found.push(...podsOfObjects([ownObject(type, name, inputs)], []));
  }
  return found;
}

/** An object without a name gets one of Pulumi, from the resource's. */
function ownObject(type: string, name: string, { metadata, spec }: Registration["inputs"]) {
  const kind = type.split(":").at(-1) ?? "";
  return { kind, metadata: { name, ...(metadata as object) }, spec } as Rendered;
}

/** The chart by which a release is installed. */
function renderRelease(inputs: Registration["inputs"]): Promise<Rendered[]> {
  const { chart, name, namespace, values } = inputs as unknown as Release;
  if (chart.startsWith("./")) return renderFolder(chart, { name, namespace, values });
  const key = (Object.keys(charts) as ChartName[]).find(
    (one) => charts[one].name === chart.split("/").at(-1),
  );
  if (key === undefined) throw new Error(`nobody knows chart ${chart}`);
  return renderChart(key, { name, namespace, values });
}

interface Release {
  chart: string;
  name: string;
  namespace: string;
  values: Record<string, unknown>;
}

function podsOfObjects(objects: Rendered[], patches: Registration[]): Pod[] {
  return objects.flatMap((object) => {
    const spec = object.spec as
      { template?: Template; jobTemplate?: { spec: { template: Template } } } | undefined;
    const template = spec?.jobTemplate?.spec.template ?? spec?.template;
    if (template?.spec?.containers === undefined || object.kind === "DeploymentPatch") return [];
    const patch = patches.find(
      ({ inputs }) => (inputs as unknown as Rendered).metadata.name === object.metadata.name,
    );
    const patched = merge(
      template,
      (patch?.inputs as { spec?: { template?: Template } } | undefined)?.spec?.template,
    );
    return [podOf(nameOf(object), patched, accountSecrets(objects, patched))];
  });
}

const nameOf = ({ metadata }: Rendered) => `${metadata.namespace}/${metadata.name}`;

function merge<T>(own: T, more: unknown): T {
  if (typeof own !== "object" || own === null || Array.isArray(own)) return (more ?? own) as T;
  const result = { ...own } as Record<string, unknown>;
  for (const [key, value] of Object.entries(more ?? {})) result[key] = merge(result[key], value);
  return result as T;
}

/** A pod has the pull secrets of its account, too. */
function accountSecrets(objects: Rendered[], { spec }: Template): string[] {
  const account = objects.find(
    ({ kind, metadata }) => kind === "ServiceAccount" && metadata.name === spec?.serviceAccountName,
  ) as { imagePullSecrets?: { name: string }[] } | undefined;
  return (account?.imagePullSecrets ?? []).map(({ name }) => name);
}

function podOf(name: string, { metadata, spec = {} }: Template, secrets: string[] = []): Pod {
  const terms =
    spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const expressions = terms?.[0]?.matchExpressions.map(({ key, values }) => [key, values[0]]) ?? [];
  return {
    name,
    nodes: { ...spec.nodeSelector, ...(Object.fromEntries(expressions) as Labels) },
    tolerations: spec.tolerations ?? [],
    priority: spec.priorityClassName,
    labels: metadata?.labels ?? {},
    annotations: metadata?.annotations ?? {},
    pullSecrets: [...(spec.imagePullSecrets ?? []).map((one) => one.name), ...secrets],
    images: [...(spec.initContainers ?? []), ...(spec.containers ?? [])].map(({ image }) => image),
  };
}

/** What PGO makes of each part, as its types say. */
function postgresPods(inputs: Registration["inputs"]): Pod[] {
  const { spec } = inputs as unknown as { spec: Postgres };
  const { metadata, imagePullSecrets = [], image, instances, backups, proxy, monitoring } = spec;
  const { pgbackrest } = backups;
  const pod = (name: string, part: PodSpec, ...images: string[]) =>
    podOf(`postgres/${name}`, {
      ...(metadata === undefined ? {} : { metadata }),
      spec: { ...part, imagePullSecrets, containers: images.map((one) => ({ image: one })) },
    });
  const exporter = monitoring.pgmonitor.exporter.image;
  return [
    ...instances.map((set) => pod("instances", set, image, pgbackrest.image, exporter)),
    pod("backup jobs", pgbackrest.jobs, pgbackrest.image),
    pod("repository host", pgbackrest.repoHost, pgbackrest.image),
    pod("restore jobs", pgbackrest.restore, pgbackrest.image),
    pod("pgbouncer", proxy.pgBouncer, proxy.pgBouncer.image),
  ];
}

interface Postgres {
  metadata?: { labels?: Labels; annotations?: Labels };
  imagePullSecrets?: { name: string }[];
  image: string;
  instances: PodSpec[];
  backups: {
    pgbackrest: { image: string; jobs: PodSpec; repoHost: PodSpec; restore: PodSpec };
  };
  proxy: { pgBouncer: PodSpec & { image: string } };
  monitoring: { pgmonitor: { exporter: { image: string } } };
}

/** The operator gives its resource's labels to the pods, and the rest from each part. */
function redisPods(inputs: Registration["inputs"]): Pod[] {
  const { metadata, spec } = inputs as unknown as Redis;
  return (["redis", "sentinel"] as const).map((part) => {
    const { image, exporter, podAnnotations: annotations = {}, ...own } = spec[part];
    const containers = [image, exporter?.image].flatMap((one) => (one ? [{ image: one }] : []));
    const labels = metadata.labels;
    return podOf(`redis/${part}`, {
      metadata: { labels, annotations },
      spec: { ...own, containers },
    });
  });
}

interface Redis {
  metadata: { labels: Labels };
  spec: Record<
    "redis" | "sentinel",
    PodSpec & { image: string; exporter?: { image: string }; podAnnotations?: Labels }
  >;
}
