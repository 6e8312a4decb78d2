import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { parse } from "yaml";
import { imageNames } from "../../../local/images/recipes.ts";

const folder = new URL("../../../local/charts/", import.meta.url);

const read = (path: string): string => readFileSync(new URL(path, folder), "utf8");

interface Crd {
  metadata: { name: string };
  spec: {
    group: string;
    versions: { name: string; served: boolean; storage: boolean; subresources?: object }[];
  };
}

describe("substitute for the PGO chart", () => {
  const [file = ""] = readdirSync(new URL("pgo/crds/", folder));
  const crd = parse(read(`pgo/crds/${file}`)) as Crd;

  it("defines PostgresCluster in both versions of PGO 6, and stores the older", () => {
    assert.equal(crd.metadata.name, `postgresclusters.${crd.spec.group}`);
    const versions = crd.spec.versions.map(({ name, served, storage }) => [name, served, storage]);
    assert.deepEqual(versions.sort(), [
      ["v1", true, false],
      ["v1beta1", true, true],
    ]);
  });

  it("lets a status be written only through its own endpoint", () => {
    for (const version of crd.spec.versions)
      assert.ok(version.subresources && "status" in version.subresources);
  });

  it("asks for images by names that can be built here", () => {
    const values = parse(read("pgo/values.yaml")) as {
      controllerImages: { cluster: string };
      relatedImages: { postgres_15: { image: string } };
    };
    assert.ok(imageNames.includes(values.controllerImages.cluster));
    assert.ok(imageNames.includes(values.relatedImages.postgres_15.image));
  });
});
