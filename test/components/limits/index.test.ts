import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { quota } from "../../../components/limits/index.ts";
import { parseQuantity } from "../../../platform/quantity.ts";
import { stacks, synth, type Synthesis } from "../../support/synth.ts";

const limited = ["istio-ingress", "postgres", "redis", "shlink", "vault"];

interface Limits {
  metadata: { name: string; namespace: string };
  spec: { hard: Record<string, string>; limits: object[] };
}

for (const stack of stacks)
  describe(`The limits of stack ${stack}`, () => {
    let made: Synthesis;
    const of = (kind: string) => made.of(kind).map(({ inputs }) => inputs as unknown as Limits);
    const hard = (namespace: string) =>
      of("ResourceQuota").find(({ metadata }) => metadata.namespace === namespace)?.spec.hard ?? {};
    before(async () => {
      made = await synth(stack);
    });

    it("are one quota and one range in each namespace with ordinary workloads", () => {
      for (const kind of ["ResourceQuota", "LimitRange"])
        assert.deepEqual(
          of(kind)
            .map(({ metadata }) => metadata.namespace)
            .sort(),
          limited,
        );
    });

    it("say what a container asks for that does not, before the quota refuses it", () => {
      for (const { spec } of of("LimitRange"))
        assert.deepEqual(spec.limits, [
          { type: "Container", defaultRequest: { cpu: "10m", memory: "32Mi" } },
        ]);
      for (const namespace of limited) {
        const { dependsOn } = made.resource(`kubernetes:core/v1:ResourceQuota::${namespace}-quota`);
        assert.ok(
          dependsOn.includes(`kubernetes:core/v1:LimitRange::${namespace}-range`),
          namespace,
        );
      }
    });

    it("kill nothing: no range has a default limit, nor a maximum, which would become one", () => {
      for (const { spec } of of("LimitRange"))
        assert.doesNotMatch(JSON.stringify(spec), /"(max|default)"/);
      for (const { spec } of of("ResourceQuota"))
        assert.doesNotMatch(JSON.stringify(spec), /"limits\./);
    });

    it("open no namespace to the outside but the gateway's", () => {
      for (const namespace of limited) {
        const { "services.loadbalancers": balancers, "services.nodeports": ports } =
          hard(namespace);
        const closed = namespace === "istio-ingress" ? undefined : "0";
        assert.deepEqual([balancers, ports], [closed, closed], namespace);
      }
    });

    it("leave room for a rollout of Shlink beside its migration, as each is registered", () => {
      const { template, replicas } = made.input(
        "kubernetes:apps/v1:Deployment::shlink",
        "spec",
      ) as DeploymentSpec;
      const { pods = "", "requests.memory": most = "" } = hard("shlink");
      const surge = 1;
      const migration = 1;
      const together = (replicas ?? 1) * 2 + surge + migration;
      assert.ok(Number(pods) >= together, `${pods} < ${together}`);
      const asked = template.spec.containers.map(({ resources }) =>
        parseQuantity(resources.requests.memory),
      );
      const proxy = parseQuantity("64Mi");
      const each = asked.reduce((sum, one) => sum + one, proxy);
      assert.ok(parseQuantity(most) >= together * each, most);
    });
  });

interface DeploymentSpec {
  replicas?: number;
  template: { spec: { containers: { resources: { requests: { memory: string } } }[] } };
}

describe("A quota", () => {
  const requests = { cpu: "500m", memory: "1Gi" };

  it("is twice what a healthy namespace asks for, with six small containers in each pod, and six small pods", () => {
    assert.deepEqual(quota([{ count: 3, requests }], true), {
      pods: "12",
      "requests.cpu": `${2 * 3 * (500 + 60) + 6 * 60}m`,
      "requests.memory": `${2 * 3 * (1024 + 192) + 6 * 192}Mi`,
    });
  });

  it("adds up what different pods ask for", () => {
    const small = { cpu: "10m", memory: "32Mi" };
    const both = quota(
      [
        { count: 1, requests },
        { count: 2, requests: small },
      ],
      true,
    );
    assert.equal(both["pods"], "12");
    assert.equal(both["requests.cpu"], `${2 * (500 + 20 + 180) + 360}m`);
  });
});
