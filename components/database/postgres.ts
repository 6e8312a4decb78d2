import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { backupsSpec, identityAnnotations, restoreAnnotations, restoreSeen } from "./backups.ts";
import type { Projection } from "./authority.ts";
import type { DatabaseSettings } from "./types.ts";
import { poolReady, proxySpec } from "./pool.ts";
import { spread } from "../../platform/pods.ts";
import { pgoKey, selectorText } from "../../platform/workloads.ts";

export interface PostgresClusterArgs extends DatabaseSettings {
  namespace: pulumi.Input<"postgres">;
  name: string;
  /** Name of the application's user and of its database. */
  user: string;
  storageClass: string;
  /** Who signed the certificate of the backups' store; absent: a public authority did, or there is no store. */
  storeAuthority?: Projection;
  /** Run an exporter of metrics beside every server. */
  metrics: boolean;
}

/** PGO recognises a user's Secret by these labels, whatever its name. */
export const userSecretLabels = (cluster: string, user: string) => ({
  [pgoKey("cluster")]: cluster,
  [pgoKey("role")]: "pguser",
  [pgoKey("pguser")]: user,
});

/** PGO calls the leader "master". A forward to the Service is refused: it has no selector. */
export const primarySelector = (cluster: string) =>
  selectorText({ [pgoKey("cluster")]: cluster, [pgoKey("role")]: "master" });

export const userSecretName = (cluster: string, user: string) => `${cluster}-pguser-${user}`;

/**
 * A PostgresCluster, done when its servers run and PGO has made the users and the database. One that is restored is done
 * when PGO has seen so: Pulumi could wait for its end, but never for its failure.
 */
export function postgresCluster(args: PostgresClusterArgs, opts: pulumi.CustomResourceOptions) {
  const { name, namespace } = args;
  return new k8s.apiextensions.CustomResource(
    name,
    {
      apiVersion: "postgres-operator.crunchydata.com/v1beta1",
      kind: "PostgresCluster",
      metadata: {
        name,
        namespace,
        annotations: {
          ...restoreAnnotations(args.restore),
          "pulumi.com/waitFor": JSON.stringify(
            args.restore.mode === "none" ? readiness(args) : restoreSeen(args.restore.id),
          ),
        },
      },
      spec: postgresSpec(args),
    },
    opts,
  );
}

/** PGO has no Ready condition; the revisions appear once the SQL has really run on the primary. */
export const readiness = ({ instances, pgBouncer }: DatabaseSettings) => [
  // A server that is ready may still be of the specification before.
  `jsonpath={.status.instances[0].updatedReplicas}=${instances}`,
  `jsonpath={.status.instances[0].readyReplicas}=${instances}`,
  "jsonpath={.status.databaseRevision}",
  "jsonpath={.status.usersRevision}",
  ...poolReady(pgBouncer),
];

export function postgresSpec(args: PostgresClusterArgs) {
  const { user, postgresVersion, instances, requests, storage, storageClass } = args;
  const volume = (size: string) => ({
    accessModes: ["ReadWriteOnce"],
    storageClassName: storageClass,
    resources: { requests: { storage: size } },
  });
  const annotations = identityAnnotations(args.backups);
  return {
    ...(Object.keys(annotations).length === 0 ? {} : { metadata: { annotations } }),
    postgresVersion,
    users: [{ name: user, databases: [user] }, { name: "postgres" }],
    instances: [
      {
        name: "pg",
        replicas: instances,
        resources: { requests },
        dataVolumeClaimSpec: volume(storage),
        ...(instances > 1 ? { topologySpreadConstraints: [nodeSpread(args)] } : {}),
      },
    ],
    ...(args.synchronous ? synchronousMode : {}),
    ...backupsSpec(args.backups, args.restore, {
      volume,
      ...(args.storeAuthority && { authority: args.storeAuthority }),
    }),
    ...proxySpec(args.pgBouncer),
    ...(args.metrics ? { monitoring } : {}),
  };
}

/** The strict mode is not used: without any replica left, links are still made. */
const synchronousMode = { patroni: { dynamicConfiguration: { synchronous_mode: true } } };

/** The exporter has the image that belongs to PGO's version. */
const monitoring = {
  pgmonitor: {
    exporter: {
      resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
    },
  },
};

/**
 * Hard, where PGO itself only prefers: it adds the same keys with `ScheduleAnyway`, and Kubernetes refuses a
 * pod that states a pair twice. A node that takes no pods does not count, so that a drain is not blocked.
 */
const nodeSpread = ({ name }: PostgresClusterArgs) => ({
  ...spread("node", "DoNotSchedule", { [pgoKey("cluster")]: name, [pgoKey("instance-set")]: "pg" }),
  nodeTaintsPolicy: "Honor",
});
