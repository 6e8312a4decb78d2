import type { Projection } from "./authority.ts";
import type { Backups, Restore } from "./types.ts";
import { pgoKey } from "../../platform/workloads.ts";

type Repository = Exclude<Backups, { mode: "none" }>;

/** PGO numbers its repositories; there is one. */
const repo = "repo1";
/** Where PGO mounts the files of the Secret. */
const credentialsFolder = "/etc/pgbackrest/conf.d";

/** What the repository is made of: how volumes are claimed, and where the authority of the store lies. */
interface Surrounding {
  volume: (size: string) => object;
  /** Absent: the public authorities. */
  authority?: Projection;
}

/** The store's authority among pgBackRest's files; not one of its own, which end in `.conf`. */
export const storeAuthority = "store-ca.crt";

export function backupsSpec(
  backups: Backups,
  restore: Restore,
  { volume, authority }: Surrounding,
): object {
  if (backups.mode === "none") return {};
  const { fullSchedule, differentialSchedule, incrementalSchedule, credentialsSecret } = backups;
  const configuration = [
    ...(credentialsSecret === undefined ? [] : [{ secret: { name: credentialsSecret } }]),
    ...(authority === undefined ? [] : [authority]),
  ];
  const schedules = {
    full: fullSchedule,
    ...(differentialSchedule === undefined ? {} : { differential: differentialSchedule }),
    ...(incrementalSchedule === undefined ? {} : { incremental: incrementalSchedule }),
  };
  return {
    backups: {
      pgbackrest: {
        global: options(backups),
        ...(configuration.length === 0 ? {} : { configuration }),
        repos: [{ name: repo, schedules, ...location(backups, volume) }],
        ...(restore.mode === "none" ? {} : { restore: restoreSpec(restore.target) }),
      },
    },
  };
}

function options(backups: Repository): Record<string, string> {
  return {
    [`${repo}-retention-full`]: `${backups.retention}`,
    ...(backups.encrypted ? { [`${repo}-cipher-type`]: "aes-256-cbc" } : {}),
    ...storeOptions(backups),
  };
}

/** How pgBackRest reaches a store, and as whom: what its defaults are is not said. */
function storeOptions(backups: Repository): Record<string, string> {
  switch (backups.mode) {
    case "volume":
      return {};
    case "s3": {
      const { port, uriStyle, authority, identity } = backups;
      return {
        ...(port === 443 ? {} : { [`${repo}-storage-port`]: `${port}` }),
        ...(uriStyle === "host" ? {} : { [`${repo}-s3-uri-style`]: uriStyle }),
        ...(authority && { [`${repo}-storage-ca-file`]: `${credentialsFolder}/${storeAuthority}` }),
        ...(identity.mode === "keys" ? {} : { [`${repo}-s3-key-type`]: keyTypes[identity.mode] }),
      };
    }
    case "gcs":
      return backups.identity.mode === "keys"
        ? { [`${repo}-gcs-key`]: `${credentialsFolder}/gcs-key.json` }
        : { [`${repo}-gcs-key-type`]: "auto" };
    case "azure": {
      const { identity } = backups;
      if (identity.mode === "keys") return {};
      return {
        [`${repo}-azure-account`]: identity.account,
        [`${repo}-azure-key-type`]: "auto",
      };
    }
  }
}

/** pgBackRest 2.58 is the first that knows EKS Pod Identity and Azure's identities; PGO 6.0.3 brings 2.59. */
const keyTypes = { role: "web-id", podIdentity: "pod-id" };

/** PGO copies them to the service accounts of the servers and of the backups. */
export function identityAnnotations(backups: Backups): Record<string, string> {
  if (backups.mode === "s3" && backups.identity.mode === "role")
    return { "eks.amazonaws.com/role-arn": backups.identity.arn };
  if (backups.mode === "gcs" && backups.identity.mode === "workloadIdentity")
    return { "iam.gke.io/gcp-service-account": backups.identity.serviceAccount };
  return {};
}

function location(backups: Repository, volume: (size: string) => object): object {
  switch (backups.mode) {
    case "volume":
      return { volume: { volumeClaimSpec: volume(backups.storage) } };
    case "s3": {
      const { bucket, endpoint, region } = backups;
      return { s3: { bucket, endpoint, region } };
    }
    case "gcs":
      return { gcs: { bucket: backups.bucket } };
    case "azure":
      return { azure: { container: backups.container } };
  }
}

function restoreSpec(target: string | undefined) {
  const pointInTime = target === undefined ? [] : ["--type=time", `--target="${target}"`];
  return { enabled: true, repoName: repo, options: pointInTime };
}

/** PGO restores when it sees an id that it has not restored yet. */
export const restoreAnnotations = (restore: Restore): Record<string, string> =>
  restore.mode === "none" ? {} : { [pgoKey("pgbackrest-restore")]: restore.id };

/** PGO has seen the restore. It says so before any server stops, so nothing else in the status tells when it is over. */
export const restoreSeen = (id: string): string[] => [
  `jsonpath={.status.pgbackrest.restore.id}=${id}`,
];
