import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { findings } from "../../doctor/chain.ts";
import { faults } from "../e2e/failures/index.ts";
import { serverFaults } from "../e2e/failures/vault.ts";

const injected = [...Object.values(faults).flat(), ...serverFaults].map(({ finding }) => finding);

describe("The failure suite", () => {
  it("has a fault for every finding of the doctor's", () => {
    const ids = findings.map(({ id }) => id);
    assert.deepEqual(
      ids.filter((id) => !injected.includes(id)),
      [],
    );
  });

  it("waits for no finding that the doctor does not have", () => {
    const ids = findings.map(({ id }) => id);
    assert.deepEqual(
      injected.filter((id) => !ids.includes(id)),
      [],
    );
  });
});
