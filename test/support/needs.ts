import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { istiodValues } from "../../components/mesh/index.ts";
import type { podMonitorSpec, probeSpec } from "../../components/observability/monitors.ts";
import type { gatewaySpec, virtualServiceSpec } from "../../components/routing/traffic.ts";
import type { vaultValues } from "../../components/vault/server.ts";
import { type WorkloadName, workloads } from "../../platform/workloads.ts";
import type { Synthesis } from "./synth.ts";

type Resolved<Make extends (...args: never[]) => unknown> = pulumi.Unwrap<ReturnType<Make>>;
type Custom<Spec> = { metadata: k8s.types.output.meta.v1.ObjectMeta; spec: Spec };

/** Kubernetes' own kinds as the SDK has them, others as the program makes them. */
interface Kinds {
  Deployment: k8s.types.output.apps.v1.Deployment;
  Job: k8s.types.output.batch.v1.Job;
  Namespace: k8s.types.output.core.v1.Namespace;
  Service: k8s.types.output.core.v1.Service;
  Release: { chart: string; values?: Values };
  RedisFailover: Custom<object>;
  PostgresCluster: Custom<{
    proxy?: object;
    backups?: { pgbackrest: { repos: { volume?: object }[] } };
  }>;
  SecretStore: Custom<{ provider: { vault: { server: string } } }>;
  Gateway: Custom<Resolved<typeof gatewaySpec>>;
  VirtualService: Custom<Resolved<typeof virtualServiceSpec>>;
  PodMonitor: Custom<Resolved<typeof podMonitorSpec>>;
  Probe: Custom<Resolved<typeof probeSpec>>;
}

/** What charts are given, each its own part. */
interface Values extends Partial<
  Pick<Resolved<typeof vaultValues>, "server"> & Pick<Resolved<typeof istiodValues>, "meshConfig">
> {
  service?: { ports?: { targetPort: number }[] };
}

type Route = Kinds["VirtualService"]["spec"]["http"][number];

/** Names of pods and of places outside, as the test of the network has them. */
type Place = WorkloadName | "api" | "public" | "metadata" | "monitoring";
type Labels = Record<string, string>;

const pgo = (key: string) => `postgres-operator.crunchydata.com/${key}`;

/** What operators' and charts' pods carry besides, by which monitors find them. */
const further: Partial<Record<WorkloadName, Labels>> = {
  postgres: { [pgo("crunchy-postgres-exporter")]: "true" },
  redis: { "app.kubernetes.io/part-of": "redis-failover" },
  sentinel: { "app.kubernetes.io/part-of": "redis-failover" },
};

/** Services that charts and operators make, from their documentation. */
const services: Record<string, WorkloadName> = {
  "vault/vault": "vault",
  "vault/vault-internal": "vault",
  "postgres/shlink-db-primary": "postgres",
  "postgres/shlink-db-pgbouncer": "pgbouncer",
  "redis/rfs-shlink-redis": "sentinel",
};

/** Container ports by name, where a monitor names one. */
const portNames: Record<string, number> = {
  "external-secrets metrics": 8080,
  "istiod http-monitoring": 15014,
  "postgres exporter": 9187,
  "redis metrics": 9121,
  "sentinel metrics": 9355,
  "redis-operator metrics": 9710,
  "vault http": 8200,
  "vault https": 8200,
};

/** The pods of each chart, all of which call the Kubernetes API; the gateway's do not. */
const chartPods: [RegExp, WorkloadName[]][] = [
  [/(^|\/)cni(-|$)/, ["istio-cni"]],
  [/(^|\/)istiod(-|$)/, ["istiod"]],
  [/(^|\/)vault(-|$)/, ["vault"]],
  [
    /(^|\/)external-secrets(-|$)/,
    ["external-secrets", "external-secrets-webhook", "external-secrets-cert-controller"],
  ],
  [/(^|\/)pgo(-|$)/, ["pgo"]],
  [/(^|\/)redis-operator(-|$)/, ["redis-operator"]],
  [/janitor\/chart$/, ["janitor"]],
];

const webhookPorts: Partial<Record<WorkloadName, number>> = {
  istiod: 15017,
  "external-secrets-webhook": 10250,
};

/** Reads from the registered resources who has to reach whom: addresses, selectors, what operators do. */
export class Needs {
  /** Each as `from to:port`. */
  readonly found = new Set<string>();
  /** Kinds of pods that the stack has. */
  readonly present = new Set<WorkloadName>();
  readonly #stack: Synthesis;

  constructor(stack: Synthesis) {
    this.#stack = stack;
    this.#releases();
    this.#ownPods();
    this.#operatorsPods();
    this.#stores();
    this.#routes();
    this.#monitors();
  }

  #of<Kind extends keyof Kinds>(kind: Kind): Kinds[Kind][] {
    return this.#stack.of(kind).map(({ inputs }) => inputs as unknown as Kinds[Kind]);
  }

  #need(from: Place[], to: Place[], ...ports: number[]): void {
    for (const one of from)
      for (const other of to) for (const port of ports) this.found.add(`${one} ${other}:${port}`);
  }

  #api = (...from: Place[]) => this.#need(from, ["api"], 443, 6443);

  #releases(): void {
    for (const { chart, values } of this.#of("Release")) {
      const pods = chartPods.find(([name]) => name.test(chart))?.[1] ?? [];
      for (const pod of pods) {
        this.present.add(pod);
        this.#api(pod);
        const port = webhookPorts[pod];
        if (port !== undefined) this.#need(["api"], [pod], port);
      }
      if (/(^|\/)gateway(-|$)/.test(chart)) this.#gateway(values);
      // The chart's own default names each pod by its address.
      const { raft, apiAddr = "vault-internal:8200" } = values?.server?.ha ?? {};
      if (raft !== undefined) {
        // The servers join each other, and send calls on to their leader.
        this.#addresses("vault", "vault", `${raft.config} ${apiAddr}`);
        this.#need(["vault"], ["vault"], Number(/cluster_address.*:(\d+)"/.exec(raft.config)?.[1]));
      }
    }
  }

  #gateway(values: Values | undefined): void {
    this.present.add("gateway");
    const standard = [15021, 80, 443].map((targetPort) => ({ targetPort }));
    const ports = (values?.service?.ports ?? standard).map(({ targetPort }) => targetPort);
    this.#need(["api", "public", "metadata"], ["gateway"], ...ports);
    this.#proxy("gateway");
  }

  /** A pod with Istio's proxy: its configuration comes from istiod, its traces go to the collector. */
  #proxy(pod: WorkloadName): void {
    this.#need([pod], ["istiod"], 15012);
    const istiod = this.#of("Release").find(({ chart }) => /(^|\/)istiod(-|$)/.test(chart));
    for (const { opentelemetry } of istiod?.values?.meshConfig?.extensionProviders ?? [])
      this.#addresses(pod, "", `${opentelemetry.service}:${opentelemetry.port}`);
  }

  #ownPods(): void {
    for (const { metadata, spec } of [...this.#of("Deployment"), ...this.#of("Job")]) {
      const { template } = spec;
      const [pod] = this.#pods(metadata.namespace, template.metadata.labels, true);
      if (pod === undefined) throw new Error(`nobody knows the pods of ${metadata.name}`);
      this.present.add(pod);
      if (template.spec.automountServiceAccountToken !== false) this.#api(pod);
      for (const { env = [], command = [] } of template.spec.containers) {
        const pairs = env.map(({ name, value = "" }) => [name, value] as const);
        const { DB_HOST: host, DB_PORT: port, AUTO_RESOLVE_TITLES } = Object.fromEntries(pairs);
        const texts = [...pairs.map(([, value]) => value), ...command, `${host}:${port}`];
        for (const text of texts) this.#addresses(pod, metadata.namespace, text);
        // It resolves titles when a link is made: only the server does that.
        if (AUTO_RESOLVE_TITLES === "true" && pod === "shlink") this.#need([pod], ["public"], 443);
      }
      if (this.#injected(metadata.namespace, template.metadata.labels)) this.#proxy(pod);
    }
  }

  #injected(namespace: string, labels: Labels): boolean {
    const own = this.#of("Namespace").find(({ metadata }) => metadata.name === namespace);
    return (
      own?.metadata.labels?.["istio-injection"] === "enabled" &&
      labels["sidecar.istio.io/inject"] !== "false"
    );
  }

  #operatorsPods(): void {
    for (const { metadata } of this.#of("RedisFailover")) {
      const redis = this.#pods(metadata.namespace, { "app.kubernetes.io/name": metadata.name });
      for (const pod of redis) this.present.add(pod);
      this.#need(["redis-operator", "redis", "sentinel"], ["redis"], 6379);
      this.#need(["redis-operator", "redis", "sentinel"], ["sentinel"], 26379);
      // A sentinel answers with a server's address.
      for (const need of [...this.found].filter((one) => one.endsWith(" sentinel:26379")))
        this.#need([need.split(" ")[0] as Place], ["redis"], 6379);
    }
    for (const { spec } of this.#of("PostgresCluster")) {
      this.present.add("postgres");
      this.#api("postgres");
      this.#need(["postgres"], ["postgres"], 5432, 8008);
      if (spec.proxy !== undefined) {
        this.present.add("pgbouncer");
        this.#need(["pgbouncer"], ["postgres"], 5432);
      }
      if (spec.backups === undefined) continue;
      this.present.add("pgbackrest");
      this.#api("pgbackrest");
      this.#need(["postgres", "pgbackrest"], ["pgbackrest"], 8432);
      this.#need(["pgbackrest"], ["postgres"], 8432);
      if (spec.backups.pgbackrest.repos.some(({ volume }) => volume === undefined))
        this.#need(["postgres", "pgbackrest"], ["public"], 443);
    }
  }

  #stores(): void {
    for (const { spec } of this.#of("SecretStore"))
      this.#addresses("external-secrets", "", spec.provider.vault.server);
  }

  #routes(): void {
    const servers = this.#of("Gateway").flatMap(({ spec, metadata }) =>
      this.#pods("istio-ingress", spec.selector).map((pod) => [pod, metadata] as const),
    );
    for (const { spec, metadata } of this.#of("VirtualService"))
      // A redirect leads nowhere.
      for (const { destination } of spec.http.flatMap(({ route = [] }: Partial<Route>) => route))
        for (const [pod] of servers)
          this.#addresses(
            pod,
            metadata.namespace,
            `${destination.host}:${destination.port.number}`,
          );
  }

  #monitors(): void {
    for (const { metadata, spec } of this.#of("PodMonitor"))
      for (const { port, relabelings = [] } of spec.podMetricsEndpoints)
        for (const pod of this.#pods(metadata.namespace, spec.selector.matchLabels)) {
          const rewritten = relabelings
            .filter(({ targetLabel }) => targetLabel === "__address__")
            .map(({ replacement }) => Number(replacement.split(":")[1]));
          this.#need(["monitoring"], [pod], rewritten[0] ?? portNames[`${pod} ${port}`] ?? 0);
        }
    const hosts = this.#of("Gateway").flatMap(({ spec }) =>
      spec.servers.flatMap((server) => server.hosts),
    );
    for (const { spec } of this.#of("Probe"))
      for (const target of spec.targets.staticConfig.static) {
        const [host = "", port] = target.split(":");
        if (hosts.includes(host)) this.#need(["monitoring"], ["gateway"], Number(port));
        else this.#addresses("monitoring", "", target);
      }
  }

  /** Every `host:port` in a text, also as redis-cli takes them. */
  #addresses(from: Place, namespace: string, text: string): void {
    const plain = text.replaceAll(/-h (\S+) -p (\d+)/g, "$1:$2");
    for (const [, host = "", port] of plain.matchAll(/([a-z0-9][a-z0-9.-]*):(\d{2,5})\b/g)) {
      const to = this.#server(host, namespace);
      if (to !== undefined) this.#need([from], [to], Number(port));
    }
  }

  #server(host: string, own: string): Place | undefined {
    const inCluster = /\.svc(\.cluster\.local)?$/;
    const parts = host.replace(inCluster, "").split(".");
    const namespace = inCluster.test(host) ? parts.pop() : own;
    const name = parts.at(-1);
    if (namespace === "monitoring") return "monitoring";
    const service = this.#of("Service").find(
      ({ metadata }) => metadata.namespace === namespace && metadata.name === name,
    );
    if (service !== undefined) {
      const { selector } = service.spec;
      // A Service may look for one of the pods of a kind.
      const [pod] = [
        ...this.#pods(namespace ?? "", selector),
        ...this.#pods(namespace ?? "", selector, true),
      ];
      if (pod !== undefined) this.present.add(pod);
      return pod;
    }
    return services[`${namespace}/${name}`];
  }

  /** Kinds of pods that a selector finds; or, the other way round, the one kind that has these labels. */
  #pods(namespace: string, labels: Labels, reverse = false): WorkloadName[] {
    return (Object.keys(workloads) as WorkloadName[]).filter((name) => {
      const own: Labels = { ...workloads[name].labels, ...further[name] };
      const [few, many] = reverse ? [own, labels] : [labels, own];
      return (
        workloads[name].namespace === namespace &&
        Object.entries(few).every(([key, value]) => many[key] === value)
      );
    });
  }
}
