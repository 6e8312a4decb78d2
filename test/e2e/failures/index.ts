import { certificateFaults } from "./certificates.ts";
import { clusterFaults } from "./cluster.ts";
import { databaseFaults } from "./database.ts";
import { diskFaults } from "./disks.ts";
import type { Fault } from "./fault.ts";
import { podFaults } from "./pods.ts";
import { dataFaults, routingFaults } from "./redirects.ts";
import { secretFaults } from "./secrets.ts";
import { vaultDataFaults } from "./vault-data.ts";

/** What can be had on stack dev as it is, by where it is. */
export const faults: Record<string, Fault[]> = {
  "in the cluster": clusterFaults,
  "in pods": podFaults,
  "between Vault and the database": secretFaults,
  "of Vault's data": vaultDataFaults,
  "in the database": databaseFaults,
  "on a disk": diskFaults,
  "in Redis and Shlink": dataFaults,
  "on the way of a redirect": routingFaults,
  "of a certificate": certificateFaults,
};
