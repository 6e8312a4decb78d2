import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { lookAt } from "../../init/cluster.ts";
import { openApi } from "../../effects/api.ts";
import { readKubeconfig } from "../../effects/kubeconfig.ts";
import { useApiServer } from "../support/api-server.ts";
import { cilium, kubeadm, openShift, undecided } from "./support.ts";

describe("What init finds in a cluster", () => {
  const api = useApiServer();

  async function find(answers: Record<string, unknown>) {
    api.answers = answers;
    return lookAt(await openApi(await readKubeconfig()));
  }

  it("is the usual class, the served APIs, and where the API server is", async () => {
    assert.deepEqual(await find(kubeadm), {
      version: "v1.34.2",
      storageClasses: ["slow", "fast"],
      usualClass: "fast",
      mutatingAdmission: "v1beta1",
      hasMonitors: true,
      network: { apiServer: ["10.96.0.1/32", "172.18.0.2/32"] },
    });
  });

  it("is DNS where OpenShift has it, and no API that is not served", async () => {
    const { network, hasMonitors } = await find({ ...kubeadm, ...openShift });
    assert.equal(hasMonitors, false);
    assert.deepEqual(network.dns, {
      service: "openshift-dns/dns-default",
      peers: [
        "{ namespace: openshift-dns, pods: { dns.operator.openshift.io/daemonset-dns: default } }",
      ],
      ports: [5353],
    });
  });

  it("is Cilium, where addresses do not match the API server's nodes", async () => {
    const { network } = await find({ ...kubeadm, ...cilium });
    assert.deepEqual(network, {
      networkPolicies: "cilium",
      apiServer: ["{ entity: kube-apiserver }"],
    });
  });

  it("is no usual class where the cluster has several and chooses none", async () => {
    const { usualClass, storageClasses } = await find({ ...kubeadm, ...undecided });
    assert.equal(usualClass, undefined);
    assert.deepEqual(storageClasses, ["a", "b"]);
  });

  it("is refused without DNS in a place that is known", async () => {
    const dns = "GET /api/v1/namespaces/kube-system/services/kube-dns";
    await assert.rejects(
      find({ ...kubeadm, [dns]: undefined }),
      /none of the DNS Services kube-system\/kube-dns, .*write its stack file by hand/,
    );
  });
});
