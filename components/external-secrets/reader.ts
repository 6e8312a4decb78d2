import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { token } from "../../platform/project.ts";
import type { VaultHome } from "../vault/access.ts";
import { VaultLogin } from "../vault/login.ts";
import { type SecretsHome, type VaultSecret, versionsOf } from "../vault/secret.ts";
import { handedOut } from "./handed-out.ts";
import type { SyncTarget } from "./target.ts";
import { type Account, readerAccount, readerRights } from "./rights.ts";

/** External Secrets, this program's or the cluster's own. */
export interface SecretsOperator {
  /** Whom the namespaces let keep their copies. */
  account: Account;
  /** What answers first, for its webhook judges every SecretStore; nothing where the cluster has it. */
  installed: pulumi.Resource[];
}

export interface SecretReaderArgs {
  namespace: pulumi.Input<string>;
  vault: SecretsHome;
  operator: SecretsOperator;
  /** How often Vault is read again, as a Go duration. */
  refreshInterval: string;
  target: SyncTarget;
}

/** One namespace's way to Vault, and what comes over it: an account, its login, a SecretStore, a synced Secret. */
export class SecretReader extends pulumi.ComponentResource {
  /** This resource is there once the Secret has all its keys. */
  readonly synced: pulumi.Resource;

  constructor(name: string, args: SecretReaderArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("SecretReader"), name, {}, opts);
    this.synced =
      args.vault === undefined
        ? handedOut(args, { parent: this })
        : this.#read(name, args, args.vault);
    this.registerOutputs({});
  }

  #read(name: string, args: SecretReaderArgs, vault: VaultHome): pulumi.Resource {
    const rights = readerRights(name, args.namespace, args.operator.account, { parent: this });
    const store = this.#store(name, { ...args, vault }, this.#account(name, args), rights);
    return this.#sync({ ...args, vault }, store);
  }

  #account(name: string, { namespace }: SecretReaderArgs): k8s.core.v1.ServiceAccount {
    const metadata = { name: readerAccount, namespace };
    return new k8s.core.v1.ServiceAccount(
      `${name}-account`,
      { metadata, automountServiceAccountToken: false },
      { parent: this },
    );
  }

  #store(
    name: string,
    { namespace, vault, operator, target }: SecretReaderArgs & { vault: VaultHome },
    account: k8s.core.v1.ServiceAccount,
    rights: pulumi.Resource,
  ): k8s.apiextensions.CustomResource {
    const paths = readPaths(vault, secretsOf(target));
    const login = new VaultLogin(
      name,
      { vault, namespace, account: readerAccount, paths },
      { parent: this },
    );
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
        spec: { provider: { vault: vaultProvider(vault, login, account) } },
      },
      { parent: this, dependsOn: [...operator.installed, account, rights] },
    );
  }

  /** Copies properties from Vault into the Secret, and waits until they are really there. */
  #sync(
    { namespace, vault, refreshInterval, target }: SecretReaderArgs & { vault: VaultHome },
    store: k8s.apiextensions.CustomResource,
  ): pulumi.Resource {
    const { name, syncName, existing, keys } = target;
    const secrets = secretsOf(target);
    const creationPolicy = existing === undefined ? "Owner" : "Merge";
    const data = Object.entries(keys).map(([secretKey, { secret, property }]) => ({
      secretKey,
      remoteRef: { key: keyOf(secret, vault), property },
    }));
    return new k8s.apiextensions.CustomResource(
      syncName,
      {
        apiVersion: "external-secrets.io/v1",
        kind: "ExternalSecret",
        metadata: { name, namespace, annotations: syncAnnotations(secrets) },
        spec: {
          refreshInterval: goDuration(refreshInterval),
          secretStoreRef: { name: store.metadata.name, kind: "SecretStore" },
          target: { name, creationPolicy, ...withTemplates(target.templates) },
          data,
        },
      },
      {
        parent: this,
        dependsOn: [
          store,
          ...secrets.map(({ resource }) => resource),
          ...(existing === undefined ? [] : [existing]),
        ],
      },
    );
  }
}

const secretsOf = ({ keys }: SyncTarget) => Object.values(keys).map(({ secret }) => secret);

/** External Secrets takes the store's mount off the front of a key, also where it is the first part of the secret's own path. */
const keyOf = ({ path }: VaultSecret, { mount }: VaultHome) =>
  path.startsWith(`${mount}/`) ? `${mount}/${path}` : path;

/** Where Vault's API shows the secrets and their versions. */
const readPaths = ({ mount }: VaultHome, secrets: VaultSecret[]) =>
  [...new Set(secrets.map(({ path }) => path))].flatMap((path) => [
    `${mount}/data/${path}`,
    `${mount}/metadata/${path}`,
  ]);

const syncAnnotations = (secrets: VaultSecret[]) => ({
  // Ready is also true while the target is missing: only the reason proves the copy.
  "pulumi.com/waitFor": `jsonpath={.status.conditions[?(@.type=="Ready")].reason}=SecretSynced`,
  // A new version in Vault is fetched at once, not at the next interval.
  "force-sync": versionsOf(secrets),
});

/** All that External Secrets would fill in is said, so that the field stays ours. */
const withTemplates = (data: Record<string, string> | undefined) =>
  data === undefined ? {} : { template: { engineVersion: "v2", mergePolicy: "Merge", data } };

function vaultProvider(
  vault: VaultHome,
  { role, audience }: VaultLogin,
  account: k8s.core.v1.ServiceAccount,
) {
  return {
    server: vault.address,
    path: vault.mount,
    version: "v2",
    ...(vault.namespace === undefined ? {} : { namespace: vault.namespace }),
    ...(vault.caBundle === undefined ? {} : { caBundle: vault.caBundle }),
    auth: {
      kubernetes: {
        mountPath: vault.loginPath,
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
