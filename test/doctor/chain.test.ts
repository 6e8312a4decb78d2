import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, it } from "mocha";
import { findings } from "../../doctor/chain.ts";
import { elsewhere } from "../e2e/failures/elsewhere.ts";
import { faults } from "../e2e/failures/index.ts";
import { serverFaults } from "../e2e/failures/vault.ts";

const injected = [...Object.values(faults).flat(), ...serverFaults].map(({ finding }) => finding);

describe("The failure suite", () => {
  it("has a fault for every finding of the doctor's, or says where another test is", () => {
    const without = findings.map(({ id }) => id).filter((id) => !injected.includes(id));
    assert.deepEqual(without.sort(), Object.keys(elsewhere).sort());
    for (const path of Object.values(elsewhere)) assert.ok(existsSync(path), path);
  });

  it("waits for no finding that the doctor does not have", () => {
    const ids = findings.map(({ id }) => id);
    assert.deepEqual(
      injected.filter((id) => !ids.includes(id)),
      [],
    );
  });
});
