import { jobOf, type Endpoint, type PodMonitor } from "../../components/observability/monitors.ts";

/** What a target is made of, as `kubectl get pods -o json` lists it. */
export interface Pod {
  metadata: { namespace: string; name: string; labels?: Record<string, string> };
  spec: { containers: Container[]; initContainers?: Container[] };
  status: { podIP?: string; phase?: string };
}

interface Container {
  ports?: { name?: string; containerPort: number }[];
}

/** A PodMonitor as the API server keeps it. */
export interface PodMonitorObject {
  metadata: { namespace: string; name: string };
  spec: { selector: { matchLabels: Record<string, string> }; podMetricsEndpoints: Endpoint[] };
}

/** What the program meant, read back from the cluster. */
export const monitorsOf = (objects: PodMonitorObject[]): PodMonitor[] =>
  objects.flatMap(({ metadata: { namespace, name }, spec }) =>
    spec.podMetricsEndpoints.map((endpoint) => ({
      namespace,
      name,
      matchLabels: spec.selector.matchLabels,
      endpoint,
    })),
  );

export interface ScrapeArgs {
  monitors: PodMonitor[];
  pods: Pod[];
  ruleFiles: string[];
  /** Path of a file with this key of a Secret, for what Prometheus reads from files. */
  secretFile: (namespace: string, secret: { name: string; key: string }) => string;
}

/**
 * What the Prometheus operator would make of our monitors, for a Prometheus without one. Debian's is built
 * without discovery in Kubernetes: its targets are the pods of this moment.
 */
export function scrapeConfig(args: ScrapeArgs) {
  return {
    global: { scrape_interval: "5s", evaluation_interval: "5s" },
    rule_files: args.ruleFiles,
    scrape_configs: args.monitors.map((monitor) => scrapeJob(monitor, args)),
  };
}

function scrapeJob(monitor: PodMonitor, { pods, secretFile }: ScrapeArgs) {
  const { namespace, endpoint } = monitor;
  const { path, params, scheme, tlsConfig, honorLabels } = endpoint;
  return {
    job_name: jobOf(monitor),
    static_configs: pods
      .filter((pod) => selects(monitor, pod))
      .flatMap((pod) => targets(endpoint, pod)),
    ...(path === undefined ? {} : { metrics_path: path }),
    ...(params === undefined ? {} : { params }),
    ...(scheme === undefined ? {} : { scheme }),
    ...(honorLabels === undefined ? {} : { honor_labels: honorLabels }),
    ...(tlsConfig === undefined
      ? {}
      : {
          tls_config: {
            server_name: tlsConfig.serverName,
            ca_file: secretFile(namespace, tlsConfig.ca.secret),
          },
        }),
    relabel_configs: relabelings(endpoint),
  };
}

/** The operator, too, leaves out pods that have ended. */
const selects = ({ namespace, matchLabels }: PodMonitor, { metadata, status }: Pod) =>
  metadata.namespace === namespace &&
  !["Succeeded", "Failed"].includes(status.phase ?? "") &&
  Object.entries(matchLabels).every(([name, value]) => metadata.labels?.[name] === value);

/**
 * One target for each of the pod's ports that has the endpoint's name, also of a sidecar, which is an init container
 * to Kubernetes; none before it has an address.
 */
function targets({ port }: Endpoint, { metadata, spec, status }: Pod) {
  const { podIP } = status;
  if (podIP === undefined) return [];
  const labels = { namespace: metadata.namespace, pod: metadata.name };
  return [...(spec.initContainers ?? []), ...spec.containers]
    .flatMap(({ ports = [] }) => ports)
    .filter(({ name }) => name === port)
    .map(({ containerPort }) => ({ targets: [`${podIP}:${containerPort}`], labels }));
}

const relabelings = ({ relabelings = [] }: Endpoint) =>
  relabelings.map(({ sourceLabels, regex, replacement, targetLabel }) => ({
    source_labels: sourceLabels,
    regex,
    replacement,
    target_label: targetLabel,
  }));
