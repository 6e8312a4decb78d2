import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { parse } from "yaml";
import { parseSettings, type Settings } from "../../../settings/index.ts";
import { merge, stackFile, stackName } from "../../../local/stack/stacks.ts";

interface StackFile {
  config: { "shlink-platform:settings": unknown };
}
const settingsOf = (text: string) => (parse(text) as StackFile).config["shlink-platform:settings"];

describe("The stacks of the local cluster", () => {
  it("merge maps key by key and replace arrays and everything else as a whole", () => {
    const base = { a: { b: 1, c: 2 }, list: [1, 2], kept: null };
    const overlay = { a: { c: 3 }, list: [3], added: "x" };
    assert.deepEqual(merge(base, overlay), {
      a: { b: 1, c: 3 },
      list: [3],
      kept: null,
      added: "x",
    });
    assert.deepEqual(base, { a: { b: 1, c: 2 }, list: [1, 2], kept: null });
  });

  it("replace a map whole when its mode is another, because its other keys are of the old one", () => {
    const volume = { mode: "volume", storage: "1Gi" };
    assert.deepEqual(merge({ a: volume }, { a: { mode: "none" } }), { a: { mode: "none" } });
    const larger = { mode: "volume", storage: "2Gi" };
    assert.deepEqual(merge({ a: volume }, { a: { mode: "volume", storage: "2Gi" } }), {
      a: larger,
    });
    assert.deepEqual(merge({ a: volume }, { a: { storage: "2Gi" } }), { a: larger });
  });

  it("keep the dev stack's file as it is committed", async () => {
    assert.equal(await stackFile("dev"), readFileSync("Pulumi.dev.yaml", "utf8"));
  });

  it("rehearse production with its replicas, TLS, admission policies and protection", async () => {
    const rehearsed = parseSettings("rehearsal", settingsOf(await stackFile("prod-rehearsal")));
    const prod = parseSettings("prod", settingsOf(readFileSync("Pulumi.prod.yaml", "utf8")));
    assert.equal(rehearsed.cluster.context, "shlink-rehearsal");
    assert.ok(rehearsed.vault.mode === "install" && prod.vault.mode === "install");
    assert.deepEqual(rehearsed.vault.tls, prod.vault.tls);
    const { tls, ...routing } = rehearsed.routing;
    assert.deepEqual({ ...routing, tls: prod.routing.tls }, prod.routing);
    assert.equal(tls.mode, "internal");
    assert.equal(rehearsed.vault.replicas, prod.vault.replicas);
    const instancesOf = ({ database }: Settings) =>
      database.mode === "crunchy" ? database.instances : 0;
    assert.equal(instancesOf(rehearsed), instancesOf(prod));
    assert.deepEqual(rehearsed.observability, prod.observability);
    assert.equal(rehearsed.admissionPolicies, true);
    assert.equal(rehearsed.protectData, true);
  });

  it("refuse a setting that an overlay invents", async () => {
    const invented = merge(settingsOf(await stackFile("prod-rehearsal")), { vault: { tsl: 1 } });
    assert.throws(() => parseSettings("rehearsal", invented), /vault: does not know tsl/);
  });

  it("refuse a stack they do not know", () => {
    assert.throws(() => stackName("staging"), /no stack staging: name one of dev, prod-rehearsal/);
    assert.throws(() => stackName("toString"), /no stack toString/);
  });
});
