import type { Finding } from "./finding.ts";
import { redirectsForbidden } from "./findings/authorization.ts";
import * as cluster from "./findings/cluster.ts";
import * as database from "./findings/database.ts";
import * as destinations from "./findings/destinations.ts";
import { editedByHand } from "./findings/edits.ts";
import * as gateway from "./findings/gateway.ts";
import * as mesh from "./findings/mesh.ts";
import { networkPolicyBlocks } from "./findings/network.ts";
import { operatorUnavailable } from "./findings/operators.ts";
import * as pods from "./findings/pods.ts";
import { redirectFails } from "./findings/redirect.ts";
import * as redis from "./findings/redis.ts";
import { podsRefused } from "./findings/refusals.ts";
import * as secrets from "./findings/secrets.ts";
import { settingsDrift } from "./findings/settings.ts";
import * as shlink from "./findings/shlink.ts";
import * as upkeep from "./findings/upkeep.ts";
import * as vault from "./findings/vault.ts";

/**
 * Every finding. In a link that several of them name, the order here decides: what keeps a pod from being made comes
 * before what a part says of itself, and that before what only shows that something is wrong.
 */
export const findings: Finding[] = [
  cluster.apiUnreachable,
  cluster.apiCertificateInvalid,
  cluster.apiLoginRefused,
  cluster.apiSlow,
  cluster.clockSkewed,
  cluster.namespaceMissing,
  cluster.definitionsMissing,
  cluster.nodeNotReady,
  cluster.dnsDown,
  cluster.volumePending,
  upkeep.volumeNearlyFull,
  podsRefused,
  pods.unschedulable,
  pods.imagePull,
  pods.containersNotMade,
  pods.outOfMemory,
  networkPolicyBlocks,
  operatorUnavailable,
  vault.vaultTlsMismatch,
  vault.vaultUnreachable,
  vault.vaultUninitialised,
  vault.vaultSealed,
  vault.vaultWithoutLeader,
  vault.vaultServerDown,
  secrets.vaultRoleWrong,
  secrets.vaultAudienceWrong,
  secrets.vaultTokenTimeWrong,
  secrets.vaultLoginRefused,
  secrets.vaultPolicyDenied,
  secrets.vaultValueMissing,
  secrets.secretStoreNotReady,
  secrets.externalSecretMissing,
  secrets.externalSecretNotSynced,
  database.restoreEndless,
  database.postgresWithoutPrimary,
  database.userSecretUnlabelled,
  database.verifierStale,
  database.passwordsDiffer,
  database.grantMissing,
  database.postgresReplicaMissing,
  database.databaseUnreachable,
  database.databaseAccountFailed,
  redis.redisUnavailable,
  redis.redisWithoutMaster,
  redis.sentinelMasterUnknown,
  redis.redisSentinelMissing,
  redis.redisReplicaMissing,
  redis.sentinelListShort,
  shlink.migrationLocked,
  shlink.migrationFailed,
  shlink.shlinkUnavailable,
  shlink.shlinkReplicasUnavailable,
  mesh.sidecarMissing,
  mesh.mtlsMismatch,
  mesh.mtlsNotStrict,
  gateway.gatewayDown,
  gateway.gatewayServiceWrong,
  gateway.gatewaySelectorWrong,
  gateway.gatewayCredentialWrong,
  gateway.virtualServiceUnbound,
  gateway.gatewayHostWrong,
  destinations.destinationMissing,
  destinations.serviceWithoutEndpoints,
  redirectsForbidden,
  redirectFails,
  upkeep.certificateExpired,
  upkeep.certificateExpiresSoon,
  upkeep.backupTooOld,
  upkeep.vaultSnapshotTooOld,
  settingsDrift,
  editedByHand,
  pods.crashLoop,
  pods.probeFailing,
];
