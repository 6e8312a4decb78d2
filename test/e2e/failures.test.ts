import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { clusterStatus, stopCluster } from "../../local/cluster/index.ts";
import { configFile } from "../../local/stack/environment.ts";
import { prepare } from "../../local/stack/prepare.ts";
import { pulumi } from "./commands.ts";
import { examined, namedFirst, wellAgain } from "./doctor.ts";
import { clusterFaults } from "./failures/cluster.ts";
import { diskFaults } from "./failures/disks.ts";
import type { Fault } from "./failures/fault.ts";
import { survivesOutages } from "./failures/outages.ts";
import { podFaults } from "./failures/pods.ts";
import { dataFaults, routingFaults } from "./failures/redirects.ts";
import { secretFaults } from "./failures/secrets.ts";
import { change, followsVaultsSettings } from "./failures/vault.ts";
import { local } from "./platform.ts";

/** A probe that fails is told from a slow start after two minutes. */
const namedWithin = 240;
const wellWithin = 300;

const parts: Record<string, Fault[]> = {
  "in the cluster": clusterFaults,
  "in pods": podFaults,
  "between Vault and the database": secretFaults,
  "on a disk": diskFaults,
  "in Redis and Shlink": dataFaults,
  "on the way of a redirect": routingFaults,
};

/** `FAULTS=redis,vault-sealed,outages` runs those alone, on the cluster that is there; where none is, it stays for the next. */
const chosen = process.env["FAULTS"]?.split(",");
const isChosen = ({ finding }: Fault) =>
  chosen === undefined || chosen.some((word) => finding.includes(word));

describe("A fault", () => {
  before(async function () {
    // On a bare machine the tools are built first.
    this.timeout(3_600_000);
    if (chosen !== undefined && (await clusterStatus()).state === "running") return;
    await local("clean");
    await prepare((line) => console.log(`      ${line}`));
    await change("vault.audit.mode", "file");
    const { code, output } = await pulumi("dev", "up", "--yes", "--skip-preview");
    assert.equal(code, 0, output);
  });
  after(async () => {
    if (chosen === undefined) await stopCluster();
  });

  it("is none before the first: the doctor is silent", () => wellAgain(configFile("dev"), 120));

  for (const [part, faults] of Object.entries(parts))
    describe(part, () => {
      for (const { finding, what, says, inject, look, mend, putBack } of faults.filter(isChosen))
        it(`is named: ${what} is ${finding}; and what its runbook says mends it`, async () => {
          const view = await look?.();
          await inject?.();
          try {
            const named = { finding, says };
            await namedFirst(named, namedWithin, () => examined(configFile("dev"), view));
          } finally {
            await mend();
          }
          await wellAgain(configFile("dev"), wellWithin);
          if (putBack === undefined) return;
          await putBack();
          await wellAgain(configFile("dev"), wellWithin);
        });
    });

  if (chosen === undefined || chosen.includes("servers"))
    describe("is not made by a setting of Vault's", followsVaultsSettings);
  if (chosen === undefined || chosen.includes("outages"))
    describe("of the whole cluster", survivesOutages);
});
