import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { token } from "../../platform/project.ts";
import type { ChartSource } from "../../platform/charts.ts";
import { installChart } from "../chart/index.ts";
import type { Requests } from "../../platform/quantity.ts";
import { operatorRights, readerRights } from "./rights.ts";
import {
  readerAccount,
  type VaultAccess,
  type VaultLogin,
  type VaultSecret,
} from "../vault/access.ts";

export interface ExternalSecretsArgs {
  charts: ChartSource;
  namespace: pulumi.Input<string>;
  replicas: number;
  requests: Requests;
}

/** The External Secrets operator: its webhook answers once this component is there. */
export class ExternalSecrets extends pulumi.ComponentResource {
  constructor(name: string, args: ExternalSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("ExternalSecrets"), name, {}, opts);
    const { charts, namespace } = args;
    const values = externalSecretsValues(args);
    const dependsOn = operatorRights(namespace, values.leaderElect, { parent: this });
    installChart(
      "external-secrets",
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
    // In its place: secrets-rights.ts.
    rbac: { create: false },
    replicaCount: replicas,
    leaderElect: replicas > 1,
    resources: { requests },
    webhook: { replicaCount: replicas, resources: { requests }, ...highlyAvailable },
    certController: { resources: { requests }, rbac: { create: false } },
    ...highlyAvailable,
  };
}

export interface SecretReaderArgs {
  namespace: pulumi.Input<string>;
  vault: VaultAccess;
  /** What this namespace may read. */
  paths: string[];
  /** How often Vault is read again, as a Go duration. */
  refreshInterval: string;
}

/** Where an ExternalSecret puts what it read. */
export interface SyncTarget {
  /** Name of the Secret. */
  name: string;
  /** `Owner` makes the Secret; `Merge` adds keys to one that others own too. */
  creationPolicy: "Owner" | "Merge";
  /** Keys of the Secret, each with the secret and the property it comes from. */
  keys: Record<string, { secret: VaultSecret; property: string }>;
  /** Further keys, made of the others as a Go template says. */
  templates?: Record<string, string>;
}

/** One namespace's way to Vault: an account, a role of its own that carries this component's name, a SecretStore. */
export class SecretReader extends pulumi.ComponentResource {
  readonly #args: SecretReaderArgs;
  readonly #store: k8s.apiextensions.CustomResource;

  constructor(name: string, args: SecretReaderArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("SecretReader"), name, {}, opts);
    this.#args = args;
    const rights = readerRights(name, args.namespace, { parent: this });
    this.#store = this.#createStore(name, this.#createAccount(name), rights);
    this.registerOutputs({});
  }

  /** Copies properties from Vault into a Secret, and waits until they are really there. */
  sync(
    name: string,
    { name: target, creationPolicy, keys, templates }: SyncTarget,
    dependsOn: pulumi.Resource[] = [],
  ) {
    const secrets = Object.values(keys).map(({ secret }) => secret);
    const data = Object.entries(keys).map(([secretKey, { secret, property }]) => ({
      secretKey,
      remoteRef: { key: secret.path, property },
    }));
    return new k8s.apiextensions.CustomResource(
      name,
      {
        apiVersion: "external-secrets.io/v1",
        kind: "ExternalSecret",
        metadata: {
          name: target,
          namespace: this.#args.namespace,
          annotations: {
            // Ready is also true while the target is missing: only the reason proves the copy.
            "pulumi.com/waitFor": `jsonpath={.status.conditions[?(@.type=="Ready")].reason}=SecretSynced`,
            // A new version in Vault is fetched at once, not at the next interval.
            "force-sync": versions(secrets),
          },
        },
        spec: {
          refreshInterval: goDuration(this.#args.refreshInterval),
          secretStoreRef: { name: this.#store.metadata.name, kind: "SecretStore" },
          target: { name: target, creationPolicy, ...withTemplates(templates) },
          data,
        },
      },
      {
        parent: this,
        dependsOn: [this.#store, ...secrets.map(({ resource }) => resource), ...dependsOn],
      },
    );
  }

  #createAccount(name: string): k8s.core.v1.ServiceAccount {
    const metadata = { name: readerAccount, namespace: this.#args.namespace };
    return new k8s.core.v1.ServiceAccount(
      `${name}-account`,
      { metadata, automountServiceAccountToken: false },
      { parent: this },
    );
  }

  #createStore(
    name: string,
    account: k8s.core.v1.ServiceAccount,
    rights: pulumi.Resource,
  ): k8s.apiextensions.CustomResource {
    const { namespace, vault, paths } = this.#args;
    const reader = vault.allow(name, namespace, paths);
    return new k8s.apiextensions.CustomResource(
      `${name}-store`,
      {
        apiVersion: "external-secrets.io/v1",
        kind: "SecretStore",
        metadata: {
          name: "vault-backend",
          namespace,
          annotations: { "pulumi.com/waitFor": "condition=Ready" },
        },
        spec: { provider: { vault: vaultProvider(vault, reader, account) } },
      },
      { parent: this, dependsOn: [account, rights] },
    );
  }
}

/** All that External Secrets would fill in is said, so that the field stays ours. */
const withTemplates = (data: Record<string, string> | undefined) =>
  data === undefined ? {} : { template: { engineVersion: "v2", mergePolicy: "Merge", data } };

function vaultProvider(
  vault: VaultAccess,
  { role, audience }: VaultLogin,
  account: k8s.core.v1.ServiceAccount,
) {
  return {
    server: vault.address,
    path: vault.mount,
    version: "v2",
    ...(vault.caBundle === undefined ? {} : { caBundle: vault.caBundle }),
    auth: {
      kubernetes: {
        mountPath: "kubernetes",
        role,
        serviceAccountRef: { name: account.metadata.name, audiences: [audience] },
      },
    },
  };
}

/**
 * A duration as Go prints it. External Secrets writes its own spec back in that form, and would take the
 * field from us with any other.
 */
export function goDuration(duration: string): string {
  const unit = { s: 1, m: 60, h: 3600 }[duration.slice(-1)] ?? 1;
  const seconds = Number.parseInt(duration, 10) * unit;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  if (hours > 0) return `${hours}h${minutes}m${seconds % 60}s`;
  return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`;
}

const versions = (secrets: VaultSecret[]) =>
  pulumi.all(secrets.map(({ version }) => version)).apply((all) => all.join("-"));
