import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseSettings } from "../../settings/index.ts";
import { database, redis } from "../support/outside.ts";
import { changed } from "./support.ts";

const internal = { mode: "internal" };
const parsed = (rotation: unknown, more: object = {}) =>
  parseSettings("Pulumi.prod.yaml", { ...changed("rotation", rotation), ...more }).rotation;

describe("The settings of rotations", () => {
  it("have no schedule of themselves", () => {
    assert.deepEqual(parsed(undefined), {});
  });

  it("are days for each kind", () => {
    const all = { database: 90, redis: 30, apiKey: 365, certificates: 180 };
    assert.deepEqual(parsed(all), all);
  });

  const bad: [unknown, RegExp, object?][] = [
    [{ redis: 0 }, /rotation\.redis: /],
    [{ redis: "90d" }, /rotation\.redis: /],
    [{ redis: 1.5 }, /rotation\.redis: /],
    [{ vault: 90 }, /rotation: does not know vault/],
    [
      { database: 9 },
      /rotation\.database: must be left out with database\.mode outside/,
      { database },
    ],
    [{ redis: 9 }, /rotation\.redis: must be left out with redis\.mode outside/, { redis }],
    [
      { certificates: 9 },
      /rotation\.certificates: must be left out where the program makes none/,
      { vault: { tls: { mode: "secret", secretName: "a", expiresAfterDays: 9 } } },
    ],
  ];
  for (const [rotation, refusal, more] of bad)
    it(`refuse ${JSON.stringify(rotation)}${more === undefined ? "" : ` with ${Object.keys(more).join()}`}`, () => {
      assert.throws(() => parsed(rotation, more), refusal);
    });

  it("may name certificates where either Vault's or the gateway's is the program's own", () => {
    const { routing } = changed("rotation", {}) as { routing: object };
    const own = { vault: { tls: { mode: "plaintext" } }, routing: { ...routing, tls: internal } };
    assert.deepEqual(parsed({ certificates: 9 }, own), { certificates: 9 });
    assert.deepEqual(parsed({ certificates: 9 }, { vault: { tls: internal } }), {
      certificates: 9,
    });
  });
});
