import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parse } from "yaml";
import type { Found } from "../../init/cluster.ts";
import { type Answers, assumptions, stackFile } from "../../init/stack-file.ts";
import { parseSettings } from "../../settings/index.ts";

const found: Found = {
  version: "v1.34.2",
  storageClasses: ["fast"],
  usualClass: "fast",
  mutatingAdmission: "v1beta1",
  hasMonitors: true,
  network: { apiServer: ["10.96.0.1/32", "172.18.0.2/32"] },
};
const answers: Answers = {
  stack: "prod",
  context: "here",
  hosts: ["s.example.com", "l.example.com"],
  certificate: "secret:shlink-tls",
  storageClass: "fast",
  storage: "20Gi",
  backups: "50Gi",
};
const dns = {
  service: "openshift-dns/dns-default",
  peers: ["{ namespace: openshift-dns, pods: { a: b } }"],
  ports: [5353],
};

const settingsIn = (text: string) =>
  (parse(text) as { config: Record<string, unknown> }).config["shlink-platform:settings"];

describe("The stack file that init writes", () => {
  it("says what is this cluster's, and leaves everything else to the defaults", () => {
    const text = stackFile(answers, found);
    assert.deepEqual(settingsIn(text), {
      cluster: {
        context: "here",
        storageClass: "fast",
        apiServer: ["10.96.0.1/32", "172.18.0.2/32"],
        mutatingAdmission: "v1beta1",
      },
      database: { storage: "20Gi", backups: { mode: "volume", storage: "50Gi" } },
      routing: {
        hosts: ["s.example.com", "l.example.com"],
        tls: { mode: "secret", credentialName: "shlink-tls" },
      },
      observability: { mode: "monitors", dashboards: {} },
    });
    assert.match(text, /^# yaml-language-server: \$schema=settings\/schema\.json\n/);
  });

  it("says nothing of what is as the defaults have it, and gives up what is not there", () => {
    const bare = { ...found, mutatingAdmission: "v1" as const, hasMonitors: false };
    const text = stackFile({ ...answers, backups: "none", mirror: "charts" }, bare);
    const { cluster, charts, database, observability } = parseSettings("f", settingsIn(text));
    assert.doesNotMatch(text, /mutatingAdmission/);
    assert.equal(cluster.mutatingAdmission, "v1");
    assert.equal(charts.mirror, "charts");
    assert.ok(database.mode === "crunchy");
    assert.equal(database.backups.mode, "none");
    assert.equal(observability.mode, "none");
    assert.match(assumptions(bare).join("\n"), /nothing is watched/);
  });

  it("carries what the network has in other places", () => {
    const network = {
      networkPolicies: "cilium" as const,
      apiServer: ["{ entity: kube-apiserver }"],
      apiServerPorts: [443, 6443, 16443],
      webhookCallers: ["{ entity: kube-apiserver }", "10.4.0.9/32"],
      dns,
    };
    const { cluster } = parseSettings("f", settingsIn(stackFile(answers, { ...found, network })));
    assert.deepEqual(cluster.apiServer, [{ entity: "kube-apiserver" }]);
    assert.deepEqual(cluster.apiServerPorts, [443, 6443, 16443]);
    assert.deepEqual(cluster.webhookCallers, [{ entity: "kube-apiserver" }, "10.4.0.9/32"]);
    assert.deepEqual(cluster.dns, {
      service: dns.service,
      peers: [{ namespace: "openshift-dns", pods: { a: "b" } }],
      ports: [5353],
    });
  });

  for (const [certificate, tls] of [
    ["secret:a", { mode: "secret", credentialName: "a" }],
    ["issuer:a", { mode: "certManager", issuer: { kind: "ClusterIssuer", name: "a" } }],
    ["internal", { mode: "internal" }],
    ["plaintext", { mode: "plaintext" }],
  ] as const)
    it(`takes the certificate ${certificate}`, () => {
      const settings = settingsIn(stackFile({ ...answers, certificate }, found));
      assert.deepEqual((settings as { routing: { tls: object } }).routing.tls, tls);
    });

  for (const [change, message] of [
    [{ hosts: ["*.example.com"] }, /routing\.hosts\.0: must be one full host name/],
    [{ certificate: "acme" }, /routing\.tls\.mode: /],
    [{ certificate: "secret:" }, /routing\.tls\.credentialName: must be a DNS subdomain/],
    [{ storage: "big" }, /database\.storage: must be a Kubernetes quantity/],
    [{ backups: "0Gi" }, /database\.backups\.storage: must be/],
    [{ storageClass: "A_b" }, /cluster\.storageClass: must be a DNS subdomain/],
  ] as [Partial<Answers>, RegExp][])
    it(`is refused with ${JSON.stringify(change)}, naming the setting`, () => {
      assert.throws(() => stackFile({ ...answers, ...change }, found), message);
    });
});
