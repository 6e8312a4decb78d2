import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { projectName, token } from "../../platform/project.ts";
import { workloads } from "../../platform/workloads.ts";
import type { NamespacesOf } from "../namespaces/index.ts";
import type { SecretsHome } from "../vault/secret.ts";
import { readPrograms } from "../program/index.ts";
import { SecretReader, type SecretsOperator } from "../external-secrets/reader.ts";
import { accountPod, accountSecret } from "./account-pod.ts";
import { authorityVolume } from "./authority.ts";
import { type DatabaseConnection, databaseCredentials } from "./credentials.ts";
import type { OutsideSettings } from "./types.ts";

export interface OutsideDatabaseArgs extends OutsideSettings {
  namespaces: NamespacesOf<"postgres">;
  vault: SecretsHome;
  externalSecrets: SecretsOperator;
  /** How often the verifier is read from Vault again, as a Go duration. */
  refreshInterval: string;
}

/**
 * A PostgreSQL that somebody else runs. Of it the stack has one account, which a Job makes, or takes over with a new
 * password: the tables are that user's, so neither it nor they go when the stack does.
 */
export class OutsideDatabase extends pulumi.ComponentResource {
  readonly connection: DatabaseConnection;

  constructor(name: string, args: OutsideDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("OutsideDatabase"), name, {}, opts);
    const { host, port, name: database, user, tls } = args;
    const address = { host, port, database, user };
    const credentials = databaseCredentials(args.vault, address, { parent: this });
    const synced = this.#sync(args, credentials);
    this.#account(args, credentials.version, synced);
    const authority = tls.mode === "verified" ? { authority: tls.authority } : {};
    this.connection = { ...address, credentials, ...authority };
    this.registerOutputs({ host, port });
  }

  /** The server never sees the password itself, only by what it checks it. */
  #sync(
    args: OutsideDatabaseArgs,
    credentials: DatabaseConnection["credentials"],
  ): pulumi.Resource {
    const { namespaces, vault, externalSecrets: operator, refreshInterval } = args;
    const target = {
      name: accountSecret,
      syncName: "database-account-secret",
      keys: { verifier: { secret: credentials, property: "verifier" } },
    };
    const reader = new SecretReader(
      "external-secrets-postgres",
      { namespace: namespaces.postgres, vault, operator, refreshInterval, target },
      { parent: this },
    );
    return reader.synced;
  }

  #account(
    args: OutsideDatabaseArgs,
    version: pulumi.Output<string>,
    synced: pulumi.Resource,
  ): void {
    const { namespaces, tls } = args;
    const namespace = namespaces.postgres;
    const source = new k8s.core.v1.ConfigMap(
      "database-account-scripts",
      { metadata: { namespace }, immutable: true, data: readPrograms("database-account.ts") },
      { parent: this },
    );
    const authority =
      tls.mode === "verified"
        ? authorityVolume("database-authority", namespace, tls.authority, { parent: this })
        : undefined;
    const { labels } = workloads["database-account"];
    // A new password makes another Job, and so does another server.
    const annotations = { [`${projectName}/secrets`]: version };
    const template = {
      metadata: { labels, annotations },
      spec: accountPod(args, source, authority),
    };
    new k8s.batch.v1.Job(
      "database-account",
      { metadata: { namespace }, spec: { backoffLimit: 0, template } },
      { parent: this, dependsOn: synced, customTimeouts: { create: "10m" } },
    );
  }
}
