import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { isDue, scheduled, standing } from "../../operate/due.ts";
import { synth } from "../support/synth.ts";

const now = new Date("2026-11-28T12:00:00Z");
const made = (key: string, created: string | undefined) => ({
  urn: `urn:pulumi:prod::shlink-platform::shlink-platform:index:X$random:index/${key}`,
  ...(created !== undefined && { created }),
});
const state = [
  made("randomPassword:RandomPassword::db-password", "2026-08-30T12:00:00Z"),
  made("randomPassword:RandomPassword::redis-password", "2026-08-30T12:00:01Z"),
  made("randomPassword:RandomPassword::api-key", "2026-11-28T11:00:00Z"),
  made("randomPassword:RandomPassword::api-key-shop", "2020-01-01T00:00:00Z"),
  made("privateKey:PrivateKey::vault-server", "2026-11-01T12:00:00Z"),
  made("privateKey:PrivateKey::gateway", "2026-10-01T12:00:00Z"),
];

describe("A schedule of rotations", () => {
  it("is due from the day on that the setting says, and not a second earlier", () => {
    const all = scheduled({ database: 90, redis: 90, apiKey: 1 }, state, now);
    assert.deepEqual(
      all.map((one) => [one.kind, one.age, isDue(one)]),
      [
        ["database", 90, true],
        ["redis", 89, false],
        ["api-key", 0, false],
      ],
    );
    assert.deepEqual(all.map(standing), [
      "database: 90 days old, due after 90",
      "redis: 89 days old, due in 1",
      "api-key: 0 days old, due in 1",
    ]);
  });

  it("counts the oldest of several certificates, and nothing that the stack has not made", () => {
    const [certificates, ...more] = scheduled({ certificates: 58 }, state, now);
    assert.deepEqual([certificates?.age, more], [58, []]);
    assert.deepEqual(scheduled({ redis: 1 }, state.slice(0, 1), now), []);
  });

  it("is refused where there is none, and where the state keeps no time", () => {
    assert.throws(() => scheduled({}, state, now), /^Error: The stack file has no rotation: /);
    const timeless = [made("randomPassword:RandomPassword::api-key", undefined)];
    assert.throws(
      () => scheduled({ apiKey: 90 }, timeless, now),
      /^Error: The stack's state does not say when api-key was made: rotate it once by its own name\.$/,
    );
  });

  it("looks at resources that a stack really makes", async () => {
    const internal = { mode: "internal" };
    const { registrations } = await synth("prod", {
      vault: { tls: internal },
      routing: { tls: internal },
    });
    const resources = registrations.map(({ type, name }) => ({
      urn: `urn:pulumi:prod::shlink-platform::${type}::${name}`,
      created: "2026-11-27T12:00:00Z",
    }));
    const rotation = { database: 1, redis: 1, apiKey: 1, certificates: 1 };
    assert.equal(scheduled(rotation, resources, now).filter(isDue).length, 4);
  });
});
