import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { externalSecretsValues } from "../../../components/external-secrets/index.ts";
import { component, release, synth, type Synthesis } from "../../support/synth.ts";

const operator = release("external-secrets");
const requests = { cpu: "1m", memory: "1Mi" };
const rbac = (kind: string, name: string) =>
  `kubernetes:rbac.authorization.k8s.io/v1:${kind}::${name}`;
interface Rule {
  resources: string[];
  verbs: string[];
}
const values = (replicas: number) =>
  externalSecretsValues({ charts: {}, namespace: "n", replicas, requests });

describe("The External Secrets operator", () => {
  let dev: Synthesis;
  let prod: Synthesis;
  before(async () => {
    [dev, prod] = [await synth("dev"), await synth("prod")];
  });

  it("is one Helm release that brings its definitions, and its rights", () => {
    for (const stack of [dev, prod]) {
      const leader = stack === prod ? ["external-secrets-leader"] : [];
      const children = stack.children(component("ExternalSecrets", "external-secrets"));
      const rights = ["external-secrets-watch", "external-secrets-certificates"].flatMap((name) => [
        rbac("ClusterRole", name),
        rbac("ClusterRoleBinding", name),
      ]);
      const own = ["external-secrets-certificates", ...leader].flatMap((name) => [
        rbac("Role", name),
        rbac("RoleBinding", name),
      ]);
      assert.deepEqual(children, [operator, ...rights, ...own].sort());
      assert.equal(stack.input(operator, "values", "installCRDs"), true);
    }
  });

  it("gets no rights from its chart, and ours before its first pod", () => {
    assert.deepEqual(prod.input(operator, "values", "rbac"), { create: false });
    assert.deepEqual(prod.input(operator, "values", "certController", "rbac"), { create: false });
    const { dependsOn } = prod.resource(operator);
    assert.ok(dependsOn.includes(rbac("ClusterRoleBinding", "external-secrets-watch")));
    assert.ok(dependsOn.includes(rbac("ClusterRoleBinding", "external-secrets-certificates")));
    assert.ok(dependsOn.includes(rbac("RoleBinding", "external-secrets-certificates")));
    assert.ok(dependsOn.includes(rbac("RoleBinding", "external-secrets-leader")));
  });

  it("makes no tokens and writes no Secrets but where a role of the namespace says so", () => {
    for (const name of ["external-secrets-watch", "external-secrets-certificates"]) {
      const rules = prod.input(rbac("ClusterRole", name), "rules") as Rule[];
      for (const { resources, verbs } of rules) {
        assert.ok(!resources.includes("serviceaccounts/token"), name);
        if (resources.includes("secrets")) assert.deepEqual(verbs, ["list", "watch"]);
      }
    }
    const certificates = prod.input(rbac("Role", "external-secrets-certificates"), "rules");
    assert.deepEqual(certificates, [
      {
        apiGroups: [""],
        resources: ["secrets"],
        verbs: ["get", "update"],
        resourceNames: ["external-secrets-webhook"],
      },
    ]);
  });

  it("is granted each right under the account of the part that needs it", () => {
    const subject = (kind: string, name: string) =>
      prod.input(rbac(kind, name), "subjects", 0, "name");
    assert.equal(subject("ClusterRoleBinding", "external-secrets-watch"), "external-secrets");
    assert.equal(subject("RoleBinding", "external-secrets-leader"), "external-secrets");
    for (const kind of ["ClusterRoleBinding", "RoleBinding"])
      assert.equal(
        subject(kind, "external-secrets-certificates"),
        "external-secrets-cert-controller",
      );
  });

  it("is there before the first SecretStore, which its webhook judges", () => {
    const before = component("ExternalSecrets", "external-secrets");
    const stores = prod.registrations.filter(({ inputs }) => inputs["kind"] === "SecretStore");
    assert.equal(stores.length, 3);
    for (const { dependsOn, name } of stores) assert.ok(dependsOn.includes(before), name);
  });

  it("is waited for by nothing else of the database and of Redis: their operators start beside it", () => {
    const before = component("ExternalSecrets", "external-secrets");
    for (const [type, name] of [
      ["Database", "database"],
      ["Redis", "redis"],
    ] as const)
      assert.ok(!prod.resource(component(type, name)).dependsOn.includes(before), name);
  });

  it("is asked in version v1 of its API only", () => {
    const used = dev.registrations.filter(({ type }) => type.includes("external-secrets.io"));
    assert.ok(used.length >= 6);
    for (const { inputs } of used) assert.equal(inputs["apiVersion"], "external-secrets.io/v1");
  });

  it("elects a leader and keeps a budget, its webhook's too, where there are several", () => {
    const budget = { enabled: true, minAvailable: 1 };
    const { replicaCount, leaderElect, podDisruptionBudget, webhook } = values(2);
    assert.deepEqual([replicaCount, leaderElect, podDisruptionBudget], [2, true, budget]);
    assert.equal(webhook.replicaCount, 2);
    assert.deepEqual(webhook.podDisruptionBudget, budget);
  });

  it("has no budget, which would forbid a drain, where there is one", () => {
    assert.equal(values(1).leaderElect, false);
    assert.ok(!("podDisruptionBudget" in values(1)));
    assert.ok(!("podDisruptionBudget" in values(1).webhook));
  });

  it("asks what is set for each of its three workloads", () => {
    const { resources, webhook, certController } = values(1);
    for (const one of [resources, webhook.resources, certController.resources])
      assert.deepEqual(one, { requests });
  });
});
