import assert from "node:assert/strict";
import { it } from "mocha";
import { namespaceNames } from "../../platform/namespaces.ts";
import type { Pulumi } from "../../local/stack/pulumi.ts";
import { list, until } from "./platform.ts";

const admission = "/apis/admissionregistration.k8s.io";
const names = async (path: string) => (await list(path)).map(({ metadata }) => metadata.name);

/** Destroys a stack, and looks for what it left in the cluster. `definitions` are those of others. */
export function leavesNothing(pulumi: () => Pulumi, definitions: RegExp): void {
  it("is destroyed without its program, and leaves nothing in the cluster", async () => {
    assert.ok(await pulumi().destroy());
    const ours: string[] = namespaceNames(true);
    const namespaces = await names("/api/v1/namespaces");
    const left = {
      namespaces: namespaces.filter((name) => ours.includes(name)),
      definitions: (await names("/apis/apiextensions.k8s.io/v1/customresourcedefinitions")).filter(
        (name) => !definitions.test(name),
      ),
      webhooks: [
        ...(await names(`${admission}/v1/validatingwebhookconfigurations`)),
        ...(await names(`${admission}/v1/mutatingwebhookconfigurations`)),
      ],
      admissionPolicies: [
        ...(await names(`${admission}/v1/validatingadmissionpolicies`)),
        ...(await names(`${admission}/v1/validatingadmissionpolicybindings`)),
        ...(await names(`${admission}/v1beta1/mutatingadmissionpolicies`)),
        ...(await names(`${admission}/v1beta1/mutatingadmissionpolicybindings`)),
      ],
      roles: (await names("/apis/rbac.authorization.k8s.io/v1/clusterroles")).filter((name) =>
        /istio|vault|external-secrets|pgo|redis|janitor/.test(name),
      ),
      rootCertificates: (await names("/api/v1/configmaps")).filter(
        (name) => name === "istio-ca-root-cert",
      ),
    };
    for (const [kind, found] of Object.entries(left)) assert.deepEqual(found, [], kind);
    const volumes = () => names("/api/v1/persistentvolumes");
    await until("the volumes gone", 60, async () => (await volumes()).length === 0);
  });
}
