import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { flattened, relocated } from "../../../bench/flat/state.ts";

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

  it("is moved to where the flat program finds files and tunnels, and nothing else of it is", () => {
    const resource = (type: string, place: Record<string, unknown>) => ({
      urn: urn(`${type}::a`),
      type,
      custom: true,
      inputs: { ...place, name: "15432", value: "0.1" },
      outputs: place,
    });
    const made = (places: Record<string, unknown>[]) => ({
      version: 3,
      deployment: {
        resources: [
          resource("kubernetes:helm.sh/v3:Release", places[0] ?? {}),
          resource("pulumi:providers:vault", places[1] ?? {}),
          resource("pulumi:providers:postgresql", places[2] ?? {}),
          resource("kubernetes:core/v1:ConfigMap", { port: "18200" }),
        ],
      },
    });
    const before = made([
      { chart: ".local/charts/vault.tgz", own: "./components/janitor/chart" },
      { address: "http://127.0.0.1:18200", token: '{"filename":".run/vault-token"}' },
      { port: "15433", sslrootcert: ".run/ca.crt" },
    ]);
    const after = made([
      { chart: "/here/.local/charts/vault.tgz", own: "/here/components/janitor/chart" },
      { address: "http://127.0.0.1:28200", token: '{"filename":"/here/.run/vault-token"}' },
      { port: "25433", sslrootcert: "/here/.run/ca.crt" },
    ]);
    assert.deepEqual(
      relocated(before, { folder: "/here", ports: { 18200: 28200, 15433: 25433 } }),
      after,
    );
  });
});
