import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { enforcerArguments, enforcerObjects } from "../../../local/cluster/enforcer.ts";
import { certificateRequests } from "../../../local/cluster/certificates.ts";
import { layoutOf } from "../../../local/cluster/layout.ts";

describe("what enforces network policies", () => {
  it("is a firewall only: routes and Services are others' task", () => {
    const flags = enforcerArguments(layoutOf("/state/cluster"));
    for (const flag of [
      "--run-firewall=true",
      "--run-router=false",
      "--run-service-proxy=false",
      "--enable-cni=false",
    ])
      assert.ok(flags.includes(flag), flag);
    assert.ok(flags.includes("--service-cluster-ip-range=10.96.0.0/16"));
    assert.ok(flags.includes("--kubeconfig=/state/cluster/config/kube-router.kubeconfig"));
  });

  it("reads what policies select as a user of its own, and changes nothing", () => {
    const [role, binding] = enforcerObjects();
    const rules = role?.["rules"] as { resources: string[]; verbs: string[] }[];
    for (const { verbs } of rules) assert.deepEqual(verbs, ["get", "list", "watch"]);
    assert.ok(!rules.some(({ resources }) => resources.includes("secrets")));
    const [user] = (binding?.["subjects"] ?? []) as { kind: string; name: string }[];
    const request = certificateRequests.find(({ name }) => name === "kube-router");
    assert.deepEqual(user, { ...user, kind: "User", name: request?.commonName });
    assert.equal(request?.organization, undefined);
  });
});
