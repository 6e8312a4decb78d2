import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { monitorDefinitions } from "../../../../local/rehearsal/definitions.ts";
import { synth } from "../../../support/synth.ts";

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
  required?: string[];
  additionalProperties?: Schema | boolean;
}
interface Definition {
  spec: {
    names: { kind: string };
    versions: { name: string; served: boolean; schema: { openAPIV3Schema: Schema } }[];
  };
}

/** What the API server would refuse of an object: fields that nobody knows, and those that lack. */
function faults(value: unknown, schema: Schema, path: string): string[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => faults(item, schema.items ?? {}, `${path}[${index}]`));
  if (typeof value !== "object" || value === null || schema.properties === undefined) return [];
  const { properties, required = [] } = schema;
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  const lacking = required.filter((name) => !entries.some(([key]) => key === name));
  return [
    ...lacking.map((name) => `${path}.${name} lacks`),
    ...entries.flatMap(([name, field]) => {
      const known = properties[name];
      return known === undefined
        ? [`${path}.${name} is unknown`]
        : faults(field, known, `${path}.${name}`);
    }),
  ];
}

describe("The Prometheus operator's definitions", function () {
  this.timeout(300_000);
  const schemas = new Map<string, Schema>();
  before(async () => {
    for (const { spec } of (await monitorDefinitions()) as unknown as Definition[]) {
      const version = spec.versions.find(({ name, served }) => name === "v1" && served);
      assert.ok(version, spec.names.kind);
      schemas.set(spec.names.kind, version.schema.openAPIV3Schema);
    }
  });

  it("know every field of what prod registers, and miss none", async () => {
    const { registrations } = await synth("prod");
    const watched = registrations.filter(
      ({ inputs }) => inputs["apiVersion"] === "monitoring.coreos.com/v1",
    );
    assert.ok(watched.length > 3);
    for (const { inputs, name } of watched) {
      const schema = schemas.get(String(inputs["kind"]));
      assert.ok(schema, name);
      assert.deepEqual(faults(inputs["spec"], schema.properties?.["spec"] ?? {}, name), []);
    }
  });
});
