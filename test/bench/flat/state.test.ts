import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { flattened } from "../../../bench/flat/state.ts";

describe("The state of a flat program", () => {
  const urn = (rest: string) => `urn:pulumi:dev::project::${rest}`;
  const stack = urn("pulumi:pulumi:Stack::project-dev");
  const component = urn("own:Part::part");
  const provider = urn("own:Part$pulumi:providers:vault::vault");
  const state = {
    version: 3,
    deployment: {
      manifest: { version: "v3" },
      resources: [
        { urn: stack, type: "pulumi:pulumi:Stack", custom: false },
        { urn: component, type: "own:Part", custom: false, parent: stack },
        { urn: provider, type: "pulumi:providers:vault", custom: true, parent: component },
        {
          urn: urn("own:Part$vault:Mount::a::b"),
          type: "vault:Mount",
          custom: true,
          parent: component,
          provider: `${provider}::1234`,
          dependencies: [provider],
          propertyDependencies: { path: [provider] },
          inputs: { path: "urn:pulumi:other" },
        },
      ],
    },
  };

  it("has no components; what is left names the stack as its parent, and itself without the parents' types", () => {
    const { deployment, version } = flattened(state);
    const flat = urn("pulumi:providers:vault::vault");
    assert.equal(version, 3);
    assert.deepEqual(deployment, {
      manifest: { version: "v3" },
      resources: [
        { urn: stack, type: "pulumi:pulumi:Stack", custom: false },
        { urn: flat, type: "pulumi:providers:vault", custom: true, parent: stack },
        {
          urn: urn("vault:Mount::a::b"),
          type: "vault:Mount",
          custom: true,
          parent: stack,
          provider: `${flat}::1234`,
          dependencies: [flat],
          propertyDependencies: { path: [flat] },
          inputs: { path: "urn:pulumi:other" },
        },
      ],
    });
  });
});
