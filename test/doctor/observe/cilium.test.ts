import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { useApiServer } from "../../support/api-server.ts";
import { healthyFacts } from "../support/healthy.ts";
import { look } from "../support/look.ts";
import { served } from "../support/served.ts";

const paths = ["ciliumnetworkpolicies", "ciliumclusterwidenetworkpolicies"].map(
  (one) => `/apis/cilium.io/v2/${one}`,
);

describe("The look at Cilium's policies", () => {
  const api = useApiServer();
  let facts: ReturnType<typeof healthyFacts>;
  beforeEach(() => {
    facts = healthyFacts();
    api.answers = served(facts);
  });

  const withCilium = () => {
    facts.definitions.push("ciliumnetworkpolicies.cilium.io");
    facts.definitions.push("ciliumclusterwidenetworkpolicies.cilium.io");
    api.answers = served(facts);
  };

  it("asks for nothing where the cluster has no such kinds", async () => {
    const { snapshot } = await look();
    assert.deepEqual(snapshot.ciliumPolicies, { known: true, value: [] });
    assert.ok(!api.calls.some(({ path }) => path.includes("cilium")));
  });

  it("takes those of the stack's namespaces and of the whole cluster", async () => {
    withCilium();
    const policy = (name: string, namespace?: string) => ({ metadata: { name, namespace } });
    const [own, all] = paths.map((path) => `GET ${path}`);
    api.answers[own!] = { items: [policy("ours", "shlink"), policy("theirs", "team")] };
    api.answers[all!] = { items: [policy("everywhere")] };
    const { snapshot, found } = await look();
    assert.ok(snapshot.ciliumPolicies.known);
    assert.deepEqual(
      snapshot.ciliumPolicies.value.map(({ metadata }) => metadata.name),
      ["ours", "everywhere"],
    );
    assert.deepEqual(found, []);
  });

  it("leaves the finding open where the account may not, which judges the others all the same", async () => {
    facts.networkPolicies.find(({ metadata }) => metadata.name === "sentinel")!.spec!.ingress = [];
    withCilium();
    api.otherwise = 403;
    const { found, undecided } = await look();
    assert.ok(found.some(({ id }) => id === "network-policy-blocks"));
    assert.equal(
      undecided.find(({ id }) => id === "network-policy-blocks")?.why,
      "the kubeconfig's account may not list ciliumnetworkpolicies",
    );
  });
});
