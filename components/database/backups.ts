import type { Backups, Restore } from "./types.ts";
import { pgoKey } from "../../platform/workloads.ts";

type Repository = Exclude<Backups, { mode: "none" }>;

/** PGO numbers its repositories; there is one. */
const repo = "repo1";
/** Where PGO mounts the files of the Secret. */
const credentialsFolder = "/etc/pgbackrest/conf.d";

export function backupsSpec(
  backups: Backups,
  restore: Restore,
  volume: (size: string) => object,
): object {
  if (backups.mode === "none") return {};
  const { fullSchedule, differentialSchedule, incrementalSchedule, credentialsSecret } = backups;
  const schedules = {
    full: fullSchedule,
    ...(differentialSchedule === undefined ? {} : { differential: differentialSchedule }),
    ...(incrementalSchedule === undefined ? {} : { incremental: incrementalSchedule }),
  };
  return {
    backups: {
      pgbackrest: {
        global: options(backups),
        ...(credentialsSecret === undefined
          ? {}
          : { configuration: [{ secret: { name: credentialsSecret } }] }),
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
    ...(backups.mode === "gcs" ? { [`${repo}-gcs-key`]: `${credentialsFolder}/gcs-key.json` } : {}),
  };
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
