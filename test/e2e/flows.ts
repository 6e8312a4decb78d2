import assert from "node:assert/strict";
import { after, before, it } from "mocha";
import { NetworkingV1Api } from "@kubernetes/client-node";
import type { Flow } from "../../platform/flows.ts";
import { opened } from "./connections.ts";
import { attemptsOf, kindsToStandIn, Places, strangers } from "./places.ts";
import { kubernetes, until } from "./platform.ts";
import { refusals } from "./refusals.ts";
import { makePods, removePods, type StandIn } from "./stand-ins.ts";

/** Tests for the running platform on a cluster that enforces policies: what its live pods can reach, and what not. */
export function connectsAsTheTableSays(flows: () => Flow[]): void {
  let places: Places;
  let made: StandIn[] = [];
  let stop = () => {};
  before(async () => {
    made = [...Object.values(strangers), ...(await kindsToStandIn(flows()))];
    await makePods(made);
    places = await Places.find();
    stop = await places.listen([...attemptsOf(flows()), ...refusals]);
  });
  after(async () => {
    stop();
    await removePods(made);
  });

  it("lets every connection of the table pass", async () => {
    const attempts = attemptsOf(flows());
    assert.ok(attempts.length > 60);
    assert.deepEqual(await places.wrongForGood(attempts, "open"), []);
  });

  it("lets every kind of pod ask for names, one that nobody foresaw, too", async () => {
    const callers = new Set(attemptsOf(flows()).map(([from]) => from));
    for (const caller of [...callers, ...Object.keys(strangers)])
      assert.ok((await opened(places.caller(caller), [])).names, caller);
  });

  it("refuses others: other namespaces, other ports, the node, the API server", async () => {
    assert.ok(refusals.length >= 30);
    assert.deepEqual(await places.wrongForGood(refusals, "refused"), []);
  });

  it("would not pass if a policy missed one needed flow", async () => {
    const attempts = attemptsOf(flows());
    const restore = await takeRule("external-secrets", 8200);
    let wrong: string[] = [];
    const isGone = async () => (wrong = await places.wrong(attempts, "open")).length > 0;
    try {
      await until("a refusal", 60, isGone);
    } finally {
      await restore();
    }
    assert.deepEqual(wrong, ["external-secrets vault:8200"]);
    assert.deepEqual(await places.wrongForGood(attempts, "open"), []);
  });
}

/** Takes the rules for a port out of what a kind of pod may send, until the returned function is called. */
async function takeRule(name: string, port: number): Promise<() => Promise<void>> {
  const api = kubernetes().config.makeApiClient(NetworkingV1Api);
  const which = { name, namespace: name };
  const { spec } = await api.readNamespacedNetworkPolicy(which);
  const all = spec?.egress ?? [];
  const write = async (value: typeof all) => {
    const body = [{ op: "replace", path: "/spec/egress", value }];
    await api.patchNamespacedNetworkPolicy({ ...which, body });
  };
  await write(all.filter(({ ports = [] }) => !ports.some((one) => one.port === port)));
  return () => write(all);
}
