import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { token } from "../../platform/project.ts";
import { readPrograms } from "../program/index.ts";
import type { VaultHome } from "./access.ts";
import { VaultLogin } from "./login.ts";
import { scriptPod } from "./pod.ts";
import type { VaultServer } from "./server.ts";
import { workloads } from "../../platform/workloads.ts";

export interface VaultSnapshotsArgs {
  namespace: pulumi.Input<string>;
  server: VaultServer;
  vault: VaultHome;
  /** Cron schedule, in UTC. */
  schedule: string;
  /** How many snapshots stay. */
  keep: number;
  /** Size and class of the volume that they are kept on. */
  storage: string;
  storageClass: string;
  /** Refuse to delete the volume, and keep it when it is deleted all the same. */
  protect: boolean;
}

/** The name of the Vault role, the service account and the CronJob. */
const snapshotName = "vault-snapshot";
const claimName = "vault-snapshots";
const folder = "/snapshots";

/** Copies the whole Vault to a volume, on a schedule; docs/vault.md says how a copy is restored. */
export class VaultSnapshots extends pulumi.ComponentResource {
  constructor(name: string, args: VaultSnapshotsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("VaultSnapshots"), name, {}, opts);
    const account = this.#account(args);
    const claim = this.#volume(args);
    const source = this.#readPrograms(args);
    const login = this.#login(args);
    this.#schedule(args, snapshotJob(args, source, login), [account, claim]);
    this.registerOutputs({});
  }

  #account({ namespace }: VaultSnapshotsArgs): k8s.core.v1.ServiceAccount {
    const metadata = { name: snapshotName, namespace };
    // It has nothing to ask the Kubernetes API: its token for Vault is mounted for itself.
    const inputs = { metadata, automountServiceAccountToken: false };
    return new k8s.core.v1.ServiceAccount(snapshotName, inputs, { parent: this });
  }

  #volume(args: VaultSnapshotsArgs): k8s.core.v1.PersistentVolumeClaim {
    const { namespace, storage, storageClass, protect } = args;
    // A class may bind a volume only when the first pod wants it: waiting for that would never end.
    const annotations = { "pulumi.com/skipAwait": "true" };
    return new k8s.core.v1.PersistentVolumeClaim(
      claimName,
      {
        metadata: { name: claimName, namespace, annotations },
        spec: {
          accessModes: ["ReadWriteOnce"],
          storageClassName: storageClass,
          resources: { requests: { storage } },
        },
      },
      { parent: this, protect, retainOnDelete: protect },
    );
  }

  #readPrograms({ namespace }: VaultSnapshotsArgs): k8s.core.v1.ConfigMap {
    const data = readPrograms("snapshot.ts");
    return new k8s.core.v1.ConfigMap(
      "vault-snapshot-scripts",
      { metadata: { namespace }, immutable: true, data },
      { parent: this },
    );
  }

  /** Lets the account copy the whole Vault as it is stored, encrypted, and read nothing in it. */
  #login({ vault, namespace }: VaultSnapshotsArgs): VaultLogin {
    const paths = ["sys/storage/raft/snapshot"];
    return new VaultLogin(
      snapshotName,
      { vault, namespace, account: snapshotName, paths },
      { parent: this },
    );
  }

  #schedule(
    { namespace, schedule }: VaultSnapshotsArgs,
    spec: k8s.types.input.batch.v1.JobSpec,
    dependsOn: pulumi.Resource[],
  ): void {
    new k8s.batch.v1.CronJob(
      snapshotName,
      {
        metadata: { name: snapshotName, namespace },
        spec: {
          schedule,
          timeZone: "UTC",
          concurrencyPolicy: "Forbid",
          // A run that the cluster missed is made up for within an hour.
          startingDeadlineSeconds: 3600,
          successfulJobsHistoryLimit: 1,
          failedJobsHistoryLimit: 3,
          jobTemplate: { spec },
        },
      },
      { parent: this, dependsOn },
    );
  }
}

function snapshotJob(
  { server, keep }: VaultSnapshotsArgs,
  source: k8s.core.v1.ConfigMap,
  login: VaultLogin,
): k8s.types.input.batch.v1.JobSpec {
  const env = {
    VAULT_ADDRESS: server.address,
    VAULT_LOGIN: login.mountPath,
    VAULT_ROLE: login.role,
    SNAPSHOT_FOLDER: folder,
    KEEP: `${keep}`,
  };
  const data = { claimName, mountPath: folder };
  const pod = scriptPod("snapshot.ts", { server, source, env, account: snapshotName, data });
  return {
    // A change of the active server costs one try.
    backoffLimit: 2,
    activeDeadlineSeconds: 1800,
    template: {
      metadata: { labels: workloads["vault-snapshot"].labels },
      spec: { ...pod, restartPolicy: "Never" },
    },
  };
}
