import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import type { Registration } from "../../plan/render.ts";
import { readResources } from "../../policy/cli/input.ts";
import { judgeAll } from "../../policy/cli/judge.ts";
import { readConfig } from "../../policy/engine/config.ts";
import { policies } from "../../policy/rules.ts";
import { namespacesOf, type PartName, partNames } from "../../platform/parts.ts";
import { type Combination, excluded, pairwise, parts, settingsOf } from "../support/choices.ts";
import { existing } from "../support/existing.ts";
import { allowed, type Policy } from "../support/network.ts";
import { component, release, synth, type Synthesis } from "../support/synth.ts";
import { workloads } from "../../platform/workloads.ts";

const today = "2026-11-28";
const inNamespace = ({ inputs }: { inputs: Record<string, unknown> }): unknown =>
  (inputs["metadata"] as { namespace?: unknown } | undefined)?.namespace ?? inputs["namespace"];
const theirs = ["eso", "pgo", "operators", "mesh", "gw"];

const text = (one: Combination) =>
  Object.entries(one)
    .map((pair) => pair.join(" "))
    .join(", ");
const operators: PartName[] = ["externalSecrets", "postgresOperator", "redisOperator"];

describe("A stack whose parts the cluster has already", () => {
  for (const combination of pairwise(parts, excluded))
    it(`raises no violation, and registers nothing of theirs: ${text(combination)}`, async () => {
      const stack = await synth("prod", settingsOf(parts, combination));
      const { registrations } = stack;
      const taken = partNames.filter((part) => combination[part] === "existing");
      const others: string[] = namespacesOf(taken);
      for (const one of registrations)
        assert.ok(![...others, ...theirs].includes(inNamespace(one) as string), one.name);
      const made = stack.of("Namespace").map(({ name }) => name);
      for (const name of others) assert.ok(!made.includes(name), name);
      const judged = readResources("prod", JSON.stringify({ stack: "prod", registrations }));
      const findings = judgeAll(policies, judged, readConfig(policies, {}, today), today);
      assert.deepEqual(
        findings.filter(({ level }) => level === "mandatory").map(({ message }) => message),
        [],
      );
    });

  it("is in every pair of choices that is allowed, and the others are refused", async () => {
    assert.ok(pairwise(parts, excluded).length >= 6);
    for (const pair of excluded)
      await assert.rejects(synth("prod", settingsOf(parts, pair)), /must be left out/, text(pair));
  });

  for (const part of operators)
    it(`differs from one that brings ${part} by that alone`, async () => {
      const [own, other] = [await synth("prod"), await synth("prod", existing(part))];
      const key = ({ type, name }: Registration) => `${type} ${name}`;
      const [before, after] = [own, other].map(({ registrations }) => registrations.map(key));
      assert.deepEqual(
        after?.filter((name) => !before?.includes(name)),
        [],
      );
      const gone = own.registrations.filter((one) => !after?.includes(key(one)));
      assert.ok(gone.length > 2);
      const [namespace = ""] = namespacesOf([part]);
      for (const one of gone)
        assert.ok(inNamespace(one) === namespace || one.name.startsWith(namespace), one.name);
    });
});

describe("Operators that the cluster has already", () => {
  let all: Synthesis;
  let policiesOf: Policy[] = [];
  before(async () => {
    all = await synth("prod", existing(...operators));
    policiesOf = all.of("NetworkPolicy").map(({ inputs }) => inputs as unknown as Policy);
  });

  it("reach our servers from where they are, and from nowhere else", () => {
    const open = (
      namespace: string,
      app: string,
      to: { namespace: string; labels: Record<string, string> },
      port: number,
    ) => allowed(policiesOf, { namespace, labels: { app } }, to, port);
    const { vault, redis, sentinel } = workloads;
    assert.ok(open("eso", "eso", vault, 8200));
    assert.ok(!open("eso", "another", vault, 8200));
    assert.ok(!open("external-secrets", "eso", vault, 8200));
    assert.ok(open("operators", "redis-operator", redis, 6379));
    assert.ok(open("operators", "redis-operator", sentinel, 26379));
    assert.ok(!open("operators", "redis-operator", vault, 8200));
    assert.ok(!open("pgo", "pgo", workloads.postgres, 5432));
  });

  it("get their right to the copies under their own account, in our namespaces only", () => {
    const bindings = all
      .of("RoleBinding")
      .filter(({ inputs }) => JSON.stringify(inputs["subjects"]).includes("eso-operator"));
    assert.deepEqual(bindings.map((one) => inNamespace(one)).sort(), [
      "postgres",
      "redis",
      "shlink",
    ]);
    for (const { inputs } of bindings)
      assert.deepEqual(inputs["subjects"], [
        { kind: "ServiceAccount", name: "eso-operator", namespace: "eso" },
      ]);
    assert.ok(!all.text().includes('"namespace":"external-secrets"'));
  });

  it("keep their definitions at the end: the janitor knows only those of the mesh", () => {
    const groups = all.input(release("janitor"), "values", "crdGroups") as object;
    assert.deepEqual(new Set(Object.values(groups)), new Set(["istio-system"]));
  });

  it("are watched by who runs them: no monitor and no alert of ours asks for them", () => {
    const monitors = all.of("PodMonitor").map(({ name }) => name);
    assert.ok(monitors.length > 3);
    assert.ok(!monitors.some((name) => /external-secrets|operator/.test(name)));
    const rules = JSON.stringify(all.of("PrometheusRule"));
    assert.ok(!rules.includes("OperatorUnavailable"));
    assert.ok(!rules.includes("external-secrets/external-secrets"));
  });

  it("get no patch of their pods", async () => {
    const pods = { priorityClass: "high", annotations: { "a.b/c": "d" }, labels: { team: "web" } };
    const patched = await synth("prod", { pods, ...existing(...operators) });
    assert.deepEqual(patched.of("DeploymentPatch"), []);
    const own = await synth("prod", { pods });
    assert.equal(own.of("DeploymentPatch").length, 2);
  });

  it("are not waited for: what needs them waits for the rest as before", () => {
    const ready = all.resource(component("Database", "database")).dependsOn;
    assert.deepEqual(ready, [component("Janitor", "janitor")]);
  });
});
