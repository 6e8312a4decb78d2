import { clusterNames, controlled, label } from "./names.ts";
import type { Endpoints, KubeObject, PostgresCluster, Service } from "./types.ts";

interface ServiceSpec {
  clusterIP?: "None";
  type?: string;
  publishNotReadyAddresses?: boolean;
  selector?: Record<string, string>;
  ports?: object[];
}

const portOf = (cluster: PostgresCluster) => cluster.spec.port ?? 5432;

const servicePort = (cluster: PostgresCluster) => ({
  name: "postgres",
  port: portOf(cluster),
  protocol: "TCP",
  targetPort: "postgres",
});

const endpointPort = (cluster: PostgresCluster) => ({
  name: "postgres",
  port: portOf(cluster),
  protocol: "TCP",
});

function service(metadata: KubeObject["metadata"], spec: ServiceSpec): Service & KubeObject {
  return { apiVersion: "v1", kind: "Service", metadata, spec };
}

const patroniLabels = (leader: string) => ({ [label.patroni]: leader });

/** The Service with the leader's address: no selector, so that only a leader gets traffic. */
export function leaderService(cluster: PostgresCluster): Service {
  const { leader } = clusterNames(cluster.metadata.name);
  const given = cluster.spec.service;
  return service(controlled(cluster, leader, patroniLabels(leader), [given?.metadata]), {
    type: given?.type ?? "ClusterIP",
    ports: [servicePort(cluster)],
  });
}

/** The application's host name: headless, resolves to the leader Service's own address. */
export function primaryService(cluster: PostgresCluster, leaderIp: string): [Service, Endpoints] {
  const { primary } = clusterNames(cluster.metadata.name);
  const metadata = controlled(cluster, primary, { [label.role]: "primary" });
  const endpoints = {
    apiVersion: "v1",
    kind: "Endpoints",
    metadata,
    subsets: [{ addresses: [{ ip: leaderIp }], ports: [endpointPort(cluster)] }],
  };
  return [
    service(metadata, { clusterIP: "None", type: "ClusterIP", ports: [servicePort(cluster)] }),
    endpoints,
  ];
}

export function otherServices(cluster: PostgresCluster): Service[] {
  const names = clusterNames(cluster.metadata.name);
  const belongs = { [label.cluster]: cluster.metadata.name };
  const given = cluster.spec.replicaService;
  return [
    service(controlled(cluster, names.pods), {
      clusterIP: "None",
      publishNotReadyAddresses: true,
      selector: belongs,
    }),
    service(controlled(cluster, names.replicas, { [label.role]: "replica" }, [given?.metadata]), {
      type: given?.type ?? "ClusterIP",
      selector: { ...belongs, [label.role]: "replica" },
      ports: [servicePort(cluster)],
    }),
    service(controlled(cluster, names.leaderConfig, patroniLabels(names.leader)), {
      clusterIP: "None",
    }),
  ];
}
