import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { impossibleChange, surveyHeld } from "../../effects/held.ts";
import { changeVolumes } from "../../effects/volumes.ts";
import { claims, DataApi, held, set, sizes, spec } from "./support/data-api.ts";

describe("A volume whose setting has changed", () => {
  let api: DataApi;
  let said: string[];
  beforeEach(() => ([api, said] = [DataApi.asProd(), []]));

  const grow = async () => {
    const holdings = await surveyHeld(api.ask, held);
    await changeVolumes(api.ask, held, holdings, (line) => said.push(line));
  };

  it("is left alone where it is as the settings say, or not there", async () => {
    for (const one of [api, new DataApi()]) {
      api = one;
      await grow();
      assert.deepEqual([api.changes, said], [[], []]);
    }
  });

  it("makes the set anew where the log is wanted no more, and keeps what was logged", async () => {
    const quiet = held.volumes.filter(({ template }) => template !== "audit");
    const wanted = { ...held, volumes: quiet };
    const holdings = await surveyHeld(api.ask, wanted);
    assert.equal(impossibleChange(wanted, holdings), undefined);
    await changeVolumes(api.ask, wanted, holdings, (line) => said.push(line));
    assert.deepEqual(api.changes, [`DELETE ${set}`]);
    assert.match(said.join("\n"), /Claims vault\/audit-vault-N stay/);
  });

  it("grows by its claims first, then the set goes without its pods", async () => {
    api.servers(3, "1Mi", sizes["vault.audit.storage"]);
    await grow();
    assert.deepEqual(api.changes, [
      ...[0, 1, 2].map((index) => `PATCH ${claims("vault")}/data-vault-${index}`),
      `DELETE ${set}`,
    ]);
    assert.deepEqual(
      api.objects.get(`${claims("vault")}/data-vault-2`)?.["spec"],
      spec(sizes["vault.storage"]).spec,
    );
    assert.equal(said.length, 4);
  });

  it("goes on where it was interrupted between the claims and the set", async () => {
    api.servers(3, "1Mi", sizes["vault.audit.storage"]);
    for (const index of [0, 1, 2])
      api.claim("vault", `data-vault-${index}`, sizes["vault.storage"]);
    await grow();
    assert.deepEqual(api.changes, [`DELETE ${set}`]);
  });
});
