import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Definition, ownDefinitions } from "../../incluster/definitions.ts";

const since = "2026-03-01T10:00:00Z";
const before = "2026-02-28T10:00:00Z";
const later = "2026-03-01T10:00:07Z";
const groups = {
  "networking.istio.io": "istio-system",
  "postgres-operator.crunchydata.com": "postgres-operator",
};

/** A definition of a plural in a group; of a Helm release where one is named. */
function definition(name: string, creationTimestamp: string, release?: string): Definition {
  const [plural = "", ...group] = name.split(".");
  const [namespace = "", releaseName = ""] = release?.split("/") ?? [];
  const annotations = {
    "meta.helm.sh/release-namespace": namespace,
    "meta.helm.sh/release-name": releaseName,
  };
  return {
    metadata: { name, creationTimestamp, ...(release === undefined ? {} : { annotations }) },
    spec: { group: group.join("."), names: { plural }, versions: [{ name: "v1", served: true }] },
  };
}

const gateways = "gateways.networking.istio.io";
const clusters = "postgresclusters.postgres-operator.crunchydata.com";
const own = (...definitions: Definition[]) =>
  ownDefinitions(definitions, groups, since).map(({ metadata }) => metadata.name);

describe("The platform's own definitions", () => {
  it("are those of its releases, by Helm's annotation", () => {
    assert.deepEqual(own(definition(gateways, later, "istio-system/istio-base")), [gateways]);
  });

  it("are those from a chart's folder crds/, which Helm does not annotate, made after the platform", () => {
    assert.deepEqual(own(definition(clusters, later)), [clusters]);
    assert.deepEqual(own(definition(clusters, since)), [clusters]);
  });

  it("are not those of a foreign PGO, whose chart has them in crds/ or in its templates", () => {
    assert.deepEqual(own(definition(clusters, before)), []);
    assert.deepEqual(own(definition(clusters, later, "databases/pgo")), []);
  });

  it("are not those of a foreign Istio, made by Helm or by istioctl", () => {
    assert.deepEqual(own(definition(gateways, later, "mesh/base")), []);
    assert.deepEqual(own(definition(gateways, before)), []);
  });

  it("are not those of other groups", () => {
    assert.deepEqual(own(definition("certificates.cert-manager.io", later)), []);
    assert.deepEqual(own(definition("certificates.cert-manager.io", later, "istio-system/x")), []);
  });
});
