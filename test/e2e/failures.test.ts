import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { clusterStatus, stopCluster } from "../../local/cluster/index.ts";
import { configFile } from "../../local/stack/environment.ts";
import { prepare } from "../../local/stack/prepare.ts";
import { pulumi } from "./commands.ts";
import { wellAgain } from "./doctor.ts";
import type { Fault } from "./failures/fault.ts";
import { faults } from "./failures/index.ts";
import { isNamed } from "./failures/named.ts";
import { survivesOutages } from "./failures/outages.ts";
import { change, followsVaultsSettings } from "./failures/vault.ts";
import { local } from "./platform.ts";

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

  for (const [part, ones] of Object.entries(faults))
    describe(part, () => {
      for (const fault of ones.filter(isChosen)) isNamed(fault);
    });

  if (chosen === undefined || chosen.includes("servers"))
    describe("is not made by a setting of Vault's", followsVaultsSettings);
  if (chosen === undefined || chosen.includes("outages"))
    describe("of the whole cluster", survivesOutages);
});
