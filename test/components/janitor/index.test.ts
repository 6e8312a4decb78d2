import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, it } from "mocha";
import { images } from "../../../platform/images.ts";
import { component, release, synth, type Synthesis } from "../../support/synth.ts";

const janitor = component("Janitor", "janitor");
const folder = new URL("../../../incluster/", import.meta.url);

describe("The janitor", () => {
  let prod: Synthesis;
  before(async () => {
    prod = await synth("prod");
  });

  it("is one Helm release of the chart in this repository, in a namespace of its own", () => {
    assert.deepEqual(prod.children(janitor), [release("janitor")]);
    assert.equal(prod.input(release("janitor"), "chart"), "./components/janitor/chart");
    assert.equal(prod.input(release("janitor"), "name"), "janitor");
    assert.equal(prod.input(release("janitor"), "namespace"), "platform");
    for (const absent of ["version", "repositoryOpts"])
      assert.equal(prod.input(release("janitor"), absent), undefined, absent);
  });

  it("runs its own script, with the image that runs the other scripts", () => {
    assert.equal(prod.input(release("janitor"), "values", "image"), images.node);
    const scripts = prod.input(release("janitor"), "values", "scripts") as Record<string, string>;
    assert.deepEqual(Object.keys(scripts).sort(), [
      "definitions.ts",
      "environment.ts",
      "http.ts",
      "janitor.ts",
      "kube.ts",
    ]);
    for (const [name, text] of Object.entries(scripts))
      assert.equal(text, readFileSync(new URL(name, folder), "utf8"));
  });

  it("removes the definitions that Helm leaves behind, and no others", () => {
    assert.deepEqual(prod.input(release("janitor"), "values", "crdGroups"), {
      "extensions.istio.io": "istio-system",
      "networking.istio.io": "istio-system",
      "security.istio.io": "istio-system",
      "telemetry.istio.io": "istio-system",
      "postgres-operator.crunchydata.com": "postgres-operator",
      "databases.spotahome.com": "redis-operator",
    });
  });

  it("is there before every component but the namespaces, their network and their limits, so that it is deleted after them", () => {
    const network = component("Network", "network");
    const limits = component("Limits", "limits");
    assert.deepEqual(prod.resource(janitor).dependsOn, [network, limits]);
    for (const [type, name] of [
      ["Mesh", "mesh"],
      ["VaultServer", "vault-server"],
      ["VaultBootstrap", "vault"],
      ["VaultAccess", "vault-access"],
      ["ExternalSecrets", "external-secrets"],
      ["Database", "database"],
      ["Redis", "redis"],
    ] as const)
      assert.ok(prod.resource(component(type, name)).dependsOn.includes(janitor), name);
  });
});
