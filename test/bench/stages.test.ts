import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Resource } from "../../bench/flat/state.ts";
import { neededBy, plainInputs, stagesOf, waitsOf } from "../../bench/stages.ts";

const urn = (name: string) => `urn:pulumi:dev::project::${name}`;

function resource(type: string, name: string, more: Partial<Resource> = {}): Resource {
  return { urn: urn(name), type, custom: true, ...more };
}
const needs = (...names: string[]) => ({ dependencies: names.map(urn) });

const component = resource("own:Part", "part", { custom: false, ...needs("operator") });
const provider = resource("pulumi:providers:postgresql", "provider", needs("cluster"));
const state: Resource[] = [
  resource("pulumi:pulumi:Stack", "stack", { custom: false }),
  resource("kubernetes:core/v1:Namespace", "namespace"),
  resource("random:index/randomPassword:RandomPassword", "password"),
  resource("kubernetes:core/v1:Secret", "secret", needs("password", "namespace")),
  resource("kubernetes:helm.sh/v3:Release", "operator", needs("namespace")),
  component,
  resource("kubernetes:example.com/v1:Cluster", "cluster", {
    parent: component.urn,
    inputs: { metadata: { annotations: { "pulumi.com/waitFor": "condition=Ready" } } },
  }),
  provider,
  resource("postgresql:index/grant:Grant", "grant", { provider: `${provider.urn}::id` }),
  resource("kubernetes:apps/v1:Deployment", "app", needs("secret", "grant")),
];
const names = (some: Resource[]) => some.map((one) => one.urn.split("::").at(-1));

describe("The stages of a first apply", () => {
  it("have what needs nothing that is waited for in the first, and all else after what it waits for", () => {
    assert.deepEqual(stagesOf(state).map(names), [
      ["namespace", "secret", "operator"],
      ["cluster"],
      ["grant"],
      ["app"],
    ]);
  });

  it("know what something cannot be made without", () => {
    const some = state.filter((one) => one.urn === urn("cluster"));
    assert.deepEqual(names(neededBy(some, state)), ["namespace", "operator", "part"]);
  });
});

describe("An object of a state", () => {
  it("is what was registered: secrets in clear, nothing that the provider added", () => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b", plaintext: '{"key":["a"]}' };
    const inputs = { __defaults: [], kind: "Secret", data: secret, metadata: { __fields: 1 } };
    assert.deepEqual(plainInputs(resource("a", "b", { inputs })), {
      kind: "Secret",
      data: { key: ["a"] },
      metadata: {},
    });
  });

  const object = (kind: string, waitFor?: string) => {
    const annotations = waitFor === undefined ? {} : { "pulumi.com/waitFor": waitFor };
    return { apiVersion: "v1", kind, metadata: { name: "a", namespace: "b", annotations } };
  };
  const wait = (kind: string, condition: string) =>
    `wait ${kind}/a --namespace b --for=${condition} --timeout=300s`;
  const waits: [string, string | undefined, string[]][] = [
    ["Deployment", undefined, ["rollout status deployment/a --namespace b --timeout=300s"]],
    ["Job", undefined, [wait("job", "condition=Complete")]],
    [
      "CustomResourceDefinition",
      undefined,
      [wait("customresourcedefinition", "condition=Established")],
    ],
    ["Cluster", "condition=Ready", [wait("cluster", "condition=Ready")]],
    [
      "Cluster",
      '["jsonpath={.a}=1","jsonpath={.b}"]',
      [wait("cluster", "jsonpath={.a}=1"), wait("cluster", "jsonpath={.b}")],
    ],
    ["Service", undefined, []],
  ];
  for (const [kind, waitFor, wanted] of waits)
    it(`is waited for as the program waits: ${kind} ${waitFor ?? ""}`, () => {
      const found = waitsOf(object(kind, waitFor));
      assert.deepEqual(
        found.map((args) => args.join(" ")),
        wanted,
      );
    });
});
