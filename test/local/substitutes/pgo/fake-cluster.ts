import { label } from "../../../../local/substitutes/pgo/names.ts";
import { reconcile } from "../../../../local/substitutes/pgo/reconcile.ts";
import type {
  ClusterSpec,
  KubeObject,
  Labels,
  Pod,
  PostgresCluster,
} from "../../../../local/substitutes/pgo/types.ts";
import { FakeKube } from "./fake-kube.ts";

export const spec: ClusterSpec = {
  postgresVersion: 15,
  port: 5432,
  instances: [{ name: "pg", replicas: 1, dataVolumeClaimSpec: {} }],
  users: [{ name: "shlink", databases: ["shlink"] }, { name: "postgres" }],
};

/** One PostgresCluster before a controller, with pods that run as the test says. */
export class FakeCluster {
  readonly kube = new FakeKube();
  executed: { command: string; input: string }[] = [];
  env: NodeJS.ProcessEnv = {
    RELATED_IMAGE_POSTGRES_15: "postgres:15",
    RELATED_IMAGE_PGBACKREST: "backup",
  };
  /** Answers a command in a pod; what it throws is the command's failure. */
  answer: (command: string) => string = () => "";

  get object(): PostgresCluster {
    return this.kube.find<PostgresCluster>("PostgresCluster", "shlink-db");
  }

  get status() {
    return this.object.status ?? {};
  }

  pass() {
    return reconcile(
      {
        kube: this.kube.asApi(),
        env: this.env,
        domain: "cluster.local.",
        log: () => undefined,
        exec: (_pod, command, input = "") => {
          this.executed.push({ command: command.join(" "), input });
          return Promise.resolve(command.join(" ")).then(this.answer);
        },
      },
      this.object,
    );
  }

  create(changes: Partial<ClusterSpec> = {}, annotations: Labels = {}): void {
    this.kube.put({
      apiVersion: "postgres-operator.crunchydata.com/v1beta1",
      kind: "PostgresCluster",
      metadata: {
        name: "shlink-db",
        namespace: "postgres",
        uid: "cluster-uid",
        generation: 3,
        annotations,
      },
      spec: { ...spec, ...changes },
    });
  }

  /** Does what the StatefulSet controller and the kubelet would do. */
  runPods(ready: boolean | ((name: string) => boolean)): void {
    for (const name of this.kube.names("StatefulSet")) {
      const { spec: runner } = this.kube.find<
        KubeObject & { spec: { template: { metadata: { labels: Labels } } } }
      >("StatefulSet", name);
      const existing = this.kube.objects.get(`Pod postgres/${name}-0`)?.metadata;
      const isReady = typeof ready === "boolean" ? ready : ready(`${name}-0`);
      this.kube.put({
        apiVersion: "v1",
        kind: "Pod",
        metadata: {
          ...existing,
          name: `${name}-0`,
          namespace: "postgres",
          labels: { ...runner.template.metadata.labels, ...existing?.labels },
        },
        status: {
          podIP: "10.244.0.5",
          conditions: [{ type: "Ready", status: isReady ? "True" : "False" }],
        },
      } as Pod);
    }
  }

  /** Does what Patroni would do: the first server leads, and its data is there. */
  elect(): void {
    for (const [index, name] of this.kube.names("Pod").entries()) {
      const pod = this.kube.find<Pod>("Pod", name);
      const role = index === 0 ? "master" : "replica";
      const labels = { ...pod.metadata.labels, [label.role]: role };
      this.kube.put({ ...pod, metadata: { ...pod.metadata, labels } });
    }
    const endpoints = { apiVersion: "v1", kind: "Endpoints" };
    const labels = { [label.cluster]: "shlink-db", [label.patroni]: "shlink-db-ha" };
    const metadata = { namespace: "postgres", labels };
    const annotations = { initialize: "7123" };
    this.kube.put({ ...endpoints, metadata: { ...metadata, name: "shlink-db-ha" } });
    const config = { ...metadata, name: "shlink-db-ha-config", annotations };
    this.kube.put({ ...endpoints, metadata: config });
  }

  async bootstrap(): Promise<void> {
    await this.pass();
    this.runPods(true);
    this.elect();
    await this.pass();
  }
}
