import assert from "node:assert/strict";
import { after, before, beforeEach } from "mocha";
import { vault as provider } from "../../../../local/providers/vault/provider.ts";
import { start, type Engine, type Json } from "./engine.ts";
import { FakeVault } from "./vault.ts";

export const server = new FakeVault();
export let engine: Engine;
let address = "";

/** Gives each test the provider with an empty Vault. */
export function useVault(): void {
  before(async () => {
    address = await server.listen();
    engine = await start(provider);
  });
  beforeEach(async () => {
    server.reset();
    await engine.configure({ address, token: "root", skipChildToken: "true", maxRetries: "0" });
  });
  after(() => {
    engine.close();
    server.close();
  });
}

/** Checks the inputs as the engine would before it creates. */
export async function made(urn: string, given: Json) {
  const { inputs, failures } = await engine.check(urn, given);
  assert.deepEqual(failures, {});
  return { inputs, ...(await engine.create(urn, inputs)) };
}

/** What every resource has to keep: neither preview nor refresh finds a difference after `up`. */
export async function assertStable(
  urn: string,
  { id, state, inputs }: Awaited<ReturnType<typeof made>>,
) {
  assert.deepEqual((await engine.diff(urn, state, inputs)).diffs, []);
  const read = await engine.read(urn, id, state, inputs);
  assert.deepEqual(read, { id, state, inputs });
}
