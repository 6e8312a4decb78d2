import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { charts } from "../platform/charts.ts";
import { images } from "../platform/images.ts";
import packages from "../package.json" with { type: "json" };

interface Manager {
  managerFilePatterns: string[];
  matchStrings: string[];
}

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const { customManagers } = JSON.parse(read("renovate.json")) as { customManagers: Manager[] };

/** Every version that the custom managers find in a file. */
function found(path: string): string[] {
  return customManagers
    .filter(({ managerFilePatterns }) =>
      managerFilePatterns.some((pattern) => new RegExp(pattern.slice(1, -1)).test(path)),
    )
    .flatMap(({ matchStrings }) => matchStrings)
    .flatMap((pattern) => [...read(path).matchAll(new RegExp(pattern, "g"))])
    .map(({ groups }) => groups?.currentValue ?? "")
    .sort();
}

describe("renovate.json", () => {
  it("finds the version of every chart, Istio's shared one once", () => {
    const others = Object.entries(charts).filter(([key]) => !key.startsWith("istio"));
    const expected = [charts.istiod.version, ...others.map(([, { version }]) => version)];
    assert.deepEqual(found("platform/charts.ts"), expected.sort());
  });

  it("finds the tag of every image", () => {
    const tags = Object.values(images).map((image) => image.split(":")[1]);
    assert.deepEqual(found("platform/images.ts"), tags.sort());
  });

  it("finds the version of the workflows' Pulumi CLI", () => {
    assert.deepEqual(found(".github/actions/stack/action.yml"), [
      packages.dependencies["@pulumi/pulumi"],
    ]);
  });
});
