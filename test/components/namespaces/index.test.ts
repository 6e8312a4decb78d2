import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { namespaceNames } from "../../../platform/namespaces.ts";
import { ownershipLabel } from "../../../platform/project.ts";
import { component, synth, type Synthesis } from "../../support/synth.ts";

const namespace = (name: string) => `kubernetes:core/v1:Namespace::${name}`;

describe("The namespaces", () => {
  let prod: Synthesis;
  before(async () => {
    prod = await synth("prod");
  });

  it("are one for each part of the platform, and nothing else", () => {
    assert.deepEqual(namespaceNames(true).sort(), [
      "external-secrets",
      "istio-cni",
      "istio-ingress",
      "istio-system",
      "platform",
      "postgres",
      "postgres-operator",
      "redis",
      "redis-operator",
      "shlink",
      "vault",
    ]);
    const children = prod.children(component("Namespaces", "namespaces"));
    assert.deepEqual(children, namespaceNames(true).map(namespace).sort());
  });

  it("are one fewer without a node agent, which has one to itself", async () => {
    const dev = await synth("dev");
    const others = namespaceNames(true).filter((name) => name !== "istio-cni");
    assert.deepEqual(
      dev.children(component("Namespaces", "namespaces")),
      others.map(namespace).sort(),
    );
  });

  it("have fixed names and the label by which a later run knows them for its own", () => {
    const [label, value] = Object.entries(ownershipLabel)[0] as [string, string];
    for (const name of namespaceNames(true)) {
      assert.equal(prod.input(namespace(name), "metadata", "name"), name);
      assert.equal(prod.input(namespace(name), "metadata", "labels", label), value, name);
    }
  });

  it("get sidecars in Shlink's alone: databases and Vault speak for themselves", () => {
    const injected = namespaceNames(true).filter(
      (name) => prod.input(namespace(name), "metadata", "labels", "istio-injection") === "enabled",
    );
    assert.deepEqual(injected, ["shlink"]);
  });

  it("are protected where they hold data, and the stack protects data", async () => {
    const dev = await synth("dev");
    const isProtected = (stack: Synthesis) =>
      namespaceNames(false).filter((name) => stack.resource(namespace(name)).protect);
    assert.deepEqual(isProtected(prod), ["vault", "postgres"]);
    assert.deepEqual(isProtected(dev), []);
  });

  it("wait for nothing, so that they are made first and deleted last", () => {
    for (const name of namespaceNames(true))
      assert.deepEqual(prod.resource(namespace(name)).dependsOn, []);
    assert.deepEqual(prod.resource(component("Namespaces", "namespaces")).dependsOn, []);
  });
});
