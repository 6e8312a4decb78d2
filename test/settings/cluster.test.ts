import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseSettings } from "../../settings/index.ts";
import { changed } from "./support.ts";

const kubeDns = { namespace: "kube-system", pods: { "k8s-app": "kube-dns" } };
const entity = { entity: "kube-apiserver" };

const refused: [string, unknown, RegExp][] = [
  ["cluster.networkPolicies", "calico", /networkPolicies: must be "standard", "cilium" or "none"/],
  ["cluster.networkPolicies", true, /networkPolicies: must be "standard", "cilium" or "none"/],
  ["cluster.apiServer", [], /cluster\.apiServer: must name at least one peer/],
  ["cluster.apiServer", ["10.96.0.1"], /cluster\.apiServer\.0: must be a CIDR such as/],
  ["cluster.apiServer", [entity], /apiServer\.0: must be a CIDR or pods: entities need .* cilium/],
  ["cluster.apiServer", [{ entity: "all" }], /cluster\.apiServer\.0: .* \{ entity: kube-apiserver/],
  ["cluster.apiServer", [{}], /cluster\.apiServer\.0: must be a CIDR such as/],
  ["cluster.apiServerPorts", [], /apiServerPorts: must name at least one port/],
  ["cluster.apiServerPorts", [0], /cluster\.apiServerPorts\.0: /],
  ["cluster.apiServerPorts", [65536], /cluster\.apiServerPorts\.0: /],
  ["cluster.apiServerPorts", ["443"], /cluster\.apiServerPorts\.0: /],
  ["cluster.webhookCallers", [], /webhookCallers: must name at least one peer/],
  ["cluster.webhookCallers", ["::/0"], /webhookCallers\.0: must not be every address/],
  ["cluster.webhookCallers", [entity], /webhookCallers\.0: .*entities need/],
  ["cluster.webhookCallers", [{ pods: kubeDns.pods }], /webhookCallers\.0: must be a CIDR/],
  ["cluster.dns", { peers: [] }, /cluster\.dns\.peers: must name at least one peer/],
  ["cluster.dns", { peers: ["0.0.0.0/0"] }, /cluster\.dns\.peers\.0: must not be every address/],
  ["cluster.dns", { peers: [entity] }, /cluster\.dns\.peers\.0: .*entities need/],
  ["cluster.dns", { peers: [{ ...kubeDns, pods: {} }] }, /dns\.peers\.0\.pods: must have a label/],
  [
    "cluster.dns",
    { peers: [{ ...kubeDns, namespace: "Kube" }] },
    /peers\.0\.namespace: must be a DNS label/,
  ],
  [
    "cluster.dns",
    { peers: [{ ...kubeDns, pods: { "a b": "c" } }] },
    /dns\.peers\.0: must be a CIDR/,
  ],
  ["cluster.dns", { peers: [{ ...kubeDns, port: 53 }] }, /dns\.peers\.0: does not know port/],
  ["cluster.dns", { ports: [] }, /cluster\.dns\.ports: must name at least one port/],
  ["cluster.dns", { service: "kube-dns" }, /dns\.service: must be namespace and name of a Service/],
  ["cluster.dns", { server: "169.254.20.10" }, /cluster\.dns: does not know server/],
];

const accepted: [string, unknown][] = [
  ["cluster.networkPolicies", "none"],
  ["cluster.apiServer", ["10.96.0.1/32", "fd00::1/128", { namespace: "kube-system" }]],
  ["cluster.apiServerPorts", [443, 8443]],
  ["cluster.webhookCallers", ["10.0.0.0/8", kubeDns]],
  ["cluster.dns", {}],
  ["cluster.dns", { service: "openshift-dns/dns-default", peers: [kubeDns], ports: [53, 5353] }],
];

describe("Settings of the network around the platform", () => {
  for (const [path, value, message] of refused)
    it(`are refused at once: ${path} = ${JSON.stringify(value)}`, () => {
      assert.throws(
        () => parseSettings("Pulumi.prod.yaml", changed(path, value)),
        (error: Error) => {
          assert.match(error.message, message);
          assert.equal(error.message.split("\n").length, 2, error.message);
          return true;
        },
      );
    });

  for (const [path, value] of accepted)
    it(`may be ${path} = ${JSON.stringify(value)}`, () => {
      parseSettings("Pulumi.prod.yaml", changed(path, value));
    });

  it("may name Cilium's entities where its policies are made", () => {
    const settings = changed("cluster.networkPolicies", "cilium");
    const dns = { peers: [kubeDns, { entity: "host" }] };
    Object.assign(settings["cluster"] as object, { apiServer: [entity], dns });
    parseSettings("Pulumi.prod.yaml", settings);
  });
});
