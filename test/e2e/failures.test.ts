import { after, before, describe, it } from "mocha";
import { stopCluster } from "../../local/cluster/index.ts";
import { configFile } from "../../local/stack/environment.ts";
import { examined, namedFirst, wellAgain } from "./doctor.ts";
import { clusterFaults } from "./failures/cluster.ts";
import type { Fault } from "./failures/fault.ts";
import { survivesOutages } from "./failures/outages.ts";
import { podFaults } from "./failures/pods.ts";
import { dataFaults, routingFaults } from "./failures/redirects.ts";
import { secretFaults } from "./failures/secrets.ts";
import { local } from "./platform.ts";

/** A probe that fails is told from a slow start after two minutes. */
const namedWithin = 240;
const wellWithin = 300;

const parts: Record<string, Fault[]> = {
  "in the cluster": clusterFaults,
  "in pods": podFaults,
  "between Vault and the database": secretFaults,
  "in Redis and Shlink": dataFaults,
  "on the way of a redirect": routingFaults,
};

/** `FAULTS=redis,vault-sealed,outages` runs those alone, on the cluster that is there. */
const chosen = process.env["FAULTS"]?.split(",");
const isChosen = ({ finding }: Fault) =>
  chosen === undefined || chosen.some((word) => finding.includes(word));

describe("A fault", () => {
  before(async function () {
    // On a bare machine the tools are built first.
    this.timeout(3_600_000);
    if (chosen !== undefined) return;
    await local("clean");
    await local("up");
  });
  after(async () => {
    if (chosen === undefined) await stopCluster();
  });

  it("is none before the first: the doctor is silent", () => wellAgain(configFile("dev"), 120));

  for (const [part, faults] of Object.entries(parts))
    describe(part, () => {
      for (const { finding, what, inject, look, mend } of faults.filter(isChosen))
        it(`is named: ${what} is ${finding}; and what its runbook says mends it`, async () => {
          const view = await look?.();
          await inject?.();
          try {
            await namedFirst(finding, namedWithin, () => examined(configFile("dev"), view));
          } finally {
            await mend();
          }
          await wellAgain(configFile("dev"), wellWithin);
        });
    });

  if (chosen === undefined || chosen.includes("outages"))
    describe("of the whole cluster", survivesOutages);
});
