import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Access, unseen } from "../../../doctor/observe/access.ts";
import { askVaults } from "../../../doctor/observe/vault.ts";
import { workloads } from "../../../platform/workloads.ts";

const { namespace, labels } = workloads.vault;
const pods = ["vault-0", "vault-1"].map((name) => ({ metadata: { name, namespace, labels } }));

/** What the doctor learns of two servers of which these give no answer in time. */
const learned = (hanging: string[]) => {
  const ask = (path: string) =>
    hanging.some((pod) => path.includes(pod))
      ? Promise.reject(new Error("no answer in 6 s"))
      : Promise.resolve({
          status: 200,
          body: { initialized: true, sealed: false, standby: false },
        });
  return askVaults({ address: "", ask: ask as Access["ask"] }, pods, unseen("none"));
};

describe("The question to Vault's servers", () => {
  it("is answered by those that can, though one hangs", async () => {
    const answer = await learned(["vault-1"]);
    assert.ok(answer.known);
    const [first, second] = answer.value;
    assert.equal(first?.active, true);
    assert.deepEqual(second, { pod: "vault-1", failure: "no answer in 6 s" });
  });

  it("stays open where none answers, which may be the API server's fault", async () => {
    const answer = await learned(["vault-0", "vault-1"]);
    assert.deepEqual(answer, { known: false, why: "no answer in 6 s" });
  });
});
