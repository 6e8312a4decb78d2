import * as k8s from "@pulumi/kubernetes";
import * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { token } from "../../platform/project.ts";
import type { ChartSource } from "../../platform/charts.ts";
import { installChart } from "../chart/index.ts";
import type { Cluster } from "../../effects/cluster.ts";
import { SecretReader, type SecretsOperator } from "../external-secrets/reader.ts";
import { type SecretsHome, VaultSecret } from "../vault/secret.ts";
import type { DatabaseSettings } from "./types.ts";
import { authorityProjection } from "./authority.ts";
import { storeAuthority } from "./backups.ts";
import { type DatabaseConnection, databaseCredentials } from "./credentials.ts";
import { loginOf, user } from "./login.ts";
import { OutsideDatabase, type OutsideDatabaseArgs } from "./outside.ts";
import { serviceName } from "./pool.ts";
import {
  postgresCluster,
  primarySelector,
  readiness,
  userSecretLabels,
  userSecretName,
} from "./postgres.ts";
import { workloads } from "../../platform/workloads.ts";
import type { NamespacesOf } from "../namespaces/index.ts";

export interface DatabaseArgs extends DatabaseSettings {
  cluster: Cluster;
  charts: ChartSource;
  /** Without a namespace here the operator is somebody else's. */
  namespaces: NamespacesOf<"postgres"> & Partial<NamespacesOf<"postgres-operator">>;
  vault: SecretsHome;
  externalSecrets: SecretsOperator;
  storageClass: string;
  /** Run an exporter of metrics beside every server. */
  metrics: boolean;
  /** Loopback port of the tunnel to the primary. */
  localPort: number;
  /** Refuse to delete the database. */
  protect: boolean;
}

/** Name of the PostgresCluster; names of its objects begin with it. */
export const clusterName = "shlink-db";
const database = user;
const port = workloads.postgres.ports.sql;
const superuser = "postgres";

/**
 * A PostgresCluster that is deleted takes its user's Secret along. PGO 6.0 invents another password for the next one, and
 * this long nobody can log in.
 */
const userRefresh = "1m";

/** What the program learns of a database that runs. */
interface Superuser {
  password: string;
  ca: string;
}

type Lifted<T> = { [Key in keyof T]: pulumi.Output<T[Key]> };

/** PostgreSQL: the stack's own, or somebody else's. */
export const createDatabase = (
  args: (DatabaseArgs & { mode: "crunchy" }) | OutsideDatabaseArgs,
  opts: pulumi.ComponentResourceOptions,
) =>
  args.mode === "outside"
    ? new OutsideDatabase("database", args, opts)
    : new Database("database", args, opts);

/**
 * PostgreSQL by Crunchy PGO, with one password that starts here, goes to Vault, and comes back from there
 * into PGO's own Secret and the application's; and the one privilege that PGO does not give.
 */
class Database extends pulumi.ComponentResource {
  readonly connection: DatabaseConnection;

  constructor(name: string, args: DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("Database"), name, {}, opts);
    const operator = this.#operator(args);
    const service = serviceName(clusterName, args.pgBouncer);
    const host = pulumi.interpolate`${service}.${args.namespaces.postgres}.svc`;
    const address = { host, port, database, user };
    const owner = databaseCredentials(args.vault, address, { parent: this });
    const userSecret = this.#userSecret(args, owner);
    const postgres = this.#postgres(args, [...operator, userSecret]);
    const admin = this.#connect(args, postgres);
    const inside = { parent: this, provider: this.#provider(args, admin), deletedWith: postgres };
    this.#grant(inside);
    const login =
      args.rotation === 0
        ? { user, credentials: owner }
        : { credentials: this.#login(args, inside) };
    const authority = { mode: "pem", pem: admin.ca } as const;
    this.connection = { host, port, database, ...login, authority };
    this.registerOutputs({ host, port });
  }

  #operator({ charts, namespaces }: DatabaseArgs): k8s.helm.v3.Release[] {
    const namespace = namespaces["postgres-operator"];
    if (namespace === undefined) return [];
    return [installChart({ chart: "pgo", source: charts, namespace }, { parent: this })];
  }

  /**
   * PGO's Secret for the user, made before PGO looks for it. Merge, because PGO adds keys and becomes its
   * controller: two owners would fight, and PGO would make a password of its own if it came first.
   */
  #userSecret(args: DatabaseArgs, credentials: VaultSecret): pulumi.Resource {
    const { vault, externalSecrets: operator } = args;
    const namespace = args.namespaces.postgres;
    const name = userSecretName(clusterName, user);
    // External Secrets copies its own object's annotations here, with the one by which Pulumi waits for that object:
    // every update of this Secret would wait for a condition that no Secret has.
    const annotations = { "pulumi.com/skipAwait": "true" };
    const existing = new k8s.core.v1.Secret(
      "db-user",
      { metadata: { name, namespace, annotations, labels: userSecretLabels(clusterName, user) } },
      { parent: this },
    );
    const key = (property: string) => ({ secret: credentials, property });
    const keys = { password: key("password"), verifier: key("verifier") };
    const target = { name, syncName: "db-user-sync", existing, keys };
    const reader = new SecretReader(
      "external-secrets-postgres",
      { namespace, vault, operator, refreshInterval: userRefresh, target },
      { parent: this },
    );
    return reader.synced;
  }

  #postgres(args: DatabaseArgs, dependsOn: pulumi.Resource[]): k8s.apiextensions.CustomResource {
    return postgresCluster(
      {
        ...args,
        ...this.#storeAuthority(args),
        namespace: args.namespaces.postgres,
        name: clusterName,
        user,
      },
      {
        parent: this,
        dependsOn,
        protect: args.protect,
        customTimeouts: { create: "15m", update: "1h", delete: "10m" },
      },
    );
  }

  #storeAuthority({ backups, namespaces }: DatabaseArgs) {
    if (backups.mode !== "s3" || backups.authority === undefined) return {};
    const place = ["backup-store-ca", namespaces.postgres, backups.authority] as const;
    return { storeAuthority: authorityProjection(...place, storeAuthority, { parent: this }) };
  }

  /** A tunnel to the primary's pod, verified by PGO's authority. */
  #connect(args: DatabaseArgs, postgres: k8s.apiextensions.CustomResource): Lifted<Superuser> {
    const { cluster, localPort } = args;
    const opened = pulumi
      .all([postgres.id, postgres.metadata.namespace])
      .apply(async ([, namespace = ""]) => {
        await restored(args, namespace);
        const selector = primarySelector(clusterName);
        await cluster.tunnel({
          localPort,
          namespace,
          selector,
          port,
          setting: "tunnels.postgres",
        });
        return superuserOf(cluster, namespace);
      });
    return { password: pulumi.secret(opened.password), ca: opened.ca };
  }

  #provider(
    { cluster, localPort, namespaces }: DatabaseArgs,
    admin: Lifted<Superuser>,
  ): postgresql.Provider {
    return new postgresql.Provider(
      "postgres",
      {
        host: "127.0.0.1",
        port: localPort,
        username: superuser,
        password: admin.password,
        database: database,
        // The certificate names the Service, not 127.0.0.1: the authority is checked, the name is not.
        sslmode: "verify-ca",
        sslrootcert: pulumi
          .all([namespaces.postgres, admin.ca])
          .apply(([namespace, ca]) => cluster.file(`${namespace}-ca.crt`, ca)),
        connectTimeout: 10,
      },
      { parent: this },
    );
  }

  /** PostgreSQL 15 took CREATE on schema public from everybody, and PGO does not give it back. */
  #grant(inside: pulumi.CustomResourceOptions): void {
    new postgresql.Grant(
      "db-schema",
      {
        database: database,
        role: user,
        schema: "public",
        objectType: "schema",
        privileges: ["CREATE", "USAGE"],
      },
      inside,
    );
  }

  /**
   * A login of this rotation: PostgreSQL knows one password for each role, and while pods change over two have to be valid.
   * What it makes belongs to the user, as whom it acts. The engine deletes when the program has ended, and its tunnel with
   * it: the one before is dropped by the command that rotates.
   */
  #login({ vault, rotation }: DatabaseArgs, inside: pulumi.CustomResourceOptions): VaultSecret {
    const { result: password } = new random.RandomPassword(
      `db-login-${rotation}`,
      { length: 32, special: false, minLower: 1 },
      { parent: this },
    );
    const role = new postgresql.Role(
      `db-login-${rotation}`,
      { name: loginOf(rotation), login: true, password, roles: [user], assumeRole: user },
      { ...inside, retainOnDelete: true },
    );
    const values = { user: role.name, password };
    return new VaultSecret(
      "postgres-login",
      { vault, path: "postgres/login", values },
      { parent: this },
    );
  }
}

/** Waits for a restore. A preview only looks on. */
async function restored(args: DatabaseArgs, namespace: string): Promise<void> {
  const { cluster, restore } = args;
  if (restore.mode === "none" || pulumi.runtime.isDryRun()) return;
  const conditions = readiness(args);
  await cluster.restored({ namespace, name: clusterName, id: restore.id, conditions });
}

async function superuserOf(cluster: Cluster, namespace: string): Promise<Superuser> {
  const [login, certificate] = await Promise.all([
    cluster.secret(namespace, userSecretName(clusterName, superuser)),
    cluster.secret(namespace, `${clusterName}-cluster-cert`),
  ]);
  return { password: login["password"] ?? "", ca: certificate["ca.crt"] ?? "" };
}
