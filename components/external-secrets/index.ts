import * as pulumi from "@pulumi/pulumi";
import { token } from "../../platform/project.ts";
import type { ChartSource } from "../../platform/charts.ts";
import { installChart } from "../chart/index.ts";
import type { Requests } from "../../platform/quantity.ts";
import type { SecretsOperator } from "./reader.ts";
import { having, type NamespacesOf } from "../namespaces/index.ts";
import { operatorRights } from "./rights.ts";

export interface ExternalSecretsArgs {
  charts: ChartSource;
  namespace: pulumi.Input<string>;
  replicas: number;
  requests: Requests;
}

interface Choice {
  account: SecretsOperator["account"];
  /** The operator that the stack installs; absent: the cluster has it, or nobody needs it. */
  own: Omit<ExternalSecretsArgs, "namespace"> | undefined;
  namespaces: Partial<NamespacesOf<"external-secrets">>;
}

/** Installs External Secrets, unless the cluster has it. */
export function createSecretsOperator(
  { account, own, namespaces }: Choice,
  opts: pulumi.ComponentResourceOptions,
): SecretsOperator {
  if (own === undefined) return { account, installed: [] };
  const { "external-secrets": namespace } = having(namespaces, "external-secrets");
  const args = { ...own, namespace };
  return { account, installed: [new ExternalSecrets("external-secrets", args, opts)] };
}

/** The External Secrets operator: its webhook answers once this component is there. */
class ExternalSecrets extends pulumi.ComponentResource {
  constructor(name: string, args: ExternalSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("ExternalSecrets"), name, {}, opts);
    const { charts, namespace } = args;
    const values = externalSecretsValues(args);
    const dependsOn = operatorRights(namespace, values.leaderElect, { parent: this });
    installChart(
      { chart: "externalSecrets", source: charts, namespace, values },
      { parent: this, dependsOn },
    );
    this.registerOutputs({});
  }
}

export function externalSecretsValues({ replicas, requests }: ExternalSecretsArgs) {
  const highlyAvailable =
    replicas > 1 ? { podDisruptionBudget: { enabled: true, minAvailable: 1 } } : {};
  return {
    installCRDs: true,
    // Each is a right in the whole cluster, and nothing here uses them.
    processClusterStore: false,
    processClusterExternalSecret: false,
    processClusterPushSecret: false,
    processClusterGenerator: false,
    processPushSecret: false,
    // In its place: rights.ts.
    rbac: { create: false },
    replicaCount: replicas,
    leaderElect: replicas > 1,
    resources: { requests },
    webhook: { replicaCount: replicas, resources: { requests }, ...highlyAvailable },
    certController: { resources: { requests }, rbac: { create: false } },
    ...highlyAvailable,
  };
}
