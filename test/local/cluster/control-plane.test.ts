import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  apiServerFlags,
  auditPolicy,
  controllerManagerFlags,
  controlPlane,
  etcdFlags,
} from "../../../local/cluster/control-plane.ts";
import { layoutOf } from "../../../local/cluster/layout.ts";
import { nodeProcesses } from "../../../local/cluster/node.ts";

const layout = layoutOf("/state/cluster");

describe("control plane flags", () => {
  it("keep the API server at the node's address with authorisation, audit and own issuer", () => {
    const flags = apiServerFlags(layout);
    assert.equal(flags["advertise-address"], "10.201.0.2");
    assert.equal(flags["authorization-mode"], "Node,RBAC");
    assert.equal(flags["audit-log-path"], "/state/cluster/logs/audit.log");
    assert.equal(flags["service-account-issuer"], "https://kubernetes.default.svc.cluster.local");
    assert.equal(flags["kubelet-certificate-authority"], "/state/cluster/pki/ca.crt");
  });

  it("leave default admission on (PodSecurity) and AlwaysPullImages off", () => {
    const flags = apiServerFlags(layout);
    assert.equal(flags["enable-admission-plugins"], "NodeRestriction");
    assert.equal(flags["disable-admission-plugins"], undefined);
  });

  it("have the mutating admission policies that keep the Redis password out of a ConfigMap", () => {
    const flags = apiServerFlags(layout);
    assert.equal(flags["feature-gates"], "MutatingAdmissionPolicy=true");
    assert.equal(flags["runtime-config"], "admissionregistration.k8s.io/v1beta1=true");
  });

  it("record who did what, but no content", () => {
    assert.deepEqual(auditPolicy.rules, [{ level: "Metadata" }]);
  });

  it("give etcd loopback addresses only", () => {
    const urls = Object.entries(etcdFlags(layout)).filter(([name]) => name.includes("urls"));
    assert.equal(urls.length, 4);
    for (const [, url] of urls) assert.match(url, /^http:\/\/127\.0\.0\.1:/);
  });

  it("run every default controller and publish the authority to pods", () => {
    const flags = controllerManagerFlags(layout);
    assert.equal(flags["controllers"], "*");
    assert.equal(flags["root-ca-file"], "/state/cluster/pki/ca.crt");
    assert.equal(flags["allocate-node-cidrs"], "true");
  });

  it("hold no secret: keys and passwords are named by file", () => {
    const all = [...controlPlane(layout), ...nodeProcesses(layout, "/usr/bin/containerd")];
    assert.equal(all.length, 8);
    for (const arg of all.flatMap(({ args }) => args)) {
      assert.doesNotMatch(arg, /-----BEGIN|password|token=/i);
    }
  });
});
