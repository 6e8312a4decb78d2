import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { usualDns } from "../../../../platform/surroundings.ts";
import { workloads } from "../../../../platform/workloads.ts";
import { judge, policyOf } from "../../../policy/support/run.ts";
import { pack } from "../../../policy/support/pack.ts";
import { allowed, type Endpoint, type Policy } from "../../../support/network.ts";
import { synth, type Synthesis } from "../../../support/synth.ts";
import { charts, withAddons } from "../../observability/addons/charts.ts";

interface Rule {
  fromEntities?: string[];
  toEntities?: string[];
  toPorts: { ports: { port: string; protocol: string }[] }[];
}
interface CiliumPolicy {
  apiVersion: string;
  metadata: { name: string; namespace: string };
  spec: { endpointSelector: object; ingress?: Rule[]; egress?: Rule[] };
}

const standard = (made: Synthesis) =>
  made.of("NetworkPolicy").map(({ inputs }) => inputs as unknown as Policy);
const ciliums = (made: Synthesis) =>
  made.of("CiliumNetworkPolicy").map(({ inputs }) => inputs as unknown as CiliumPolicy);
const around = (cluster: object) => synth("prod", { cluster });
const dnsPolicies = (made: Synthesis) =>
  standard(made).filter(({ spec }) => Object.keys(spec.podSelector).length === 0);

/** Each rule as text: its direction, its entities and its ports. */
const rulesOf = ({ spec: { ingress = [], egress = [] } }: CiliumPolicy) =>
  [...ingress, ...egress].map(({ fromEntities, toEntities, toPorts }) => {
    const [way, entities] = fromEntities ? ["from", fromEntities] : ["to", toEntities ?? []];
    const ports = toPorts.flatMap((one) =>
      one.ports.map(({ port, protocol }) => `${protocol} ${port}`),
    );
    return `${way} ${entities.join(", ")}: ${ports.join(", ")}`;
  });

describe("Network policies for Cilium", () => {
  const cluster = {
    networkPolicies: "cilium",
    apiServer: [{ entity: "kube-apiserver" }],
    apiServerPorts: [443, 6444],
    webhookCallers: [{ entity: "kube-apiserver" }, { entity: "remote-node" }],
  };
  const calls = "to kube-apiserver: TCP 443, TCP 6444";
  const webhooks = (port: number) => `from kube-apiserver, remote-node: TCP ${port}`;

  it("say by entities what the standard ones cannot, and nothing else", async () => {
    const found = ciliums(await around(cluster)).map((policy) => [
      `${policy.metadata.namespace}/${policy.metadata.name}`,
      rulesOf(policy),
    ]);
    assert.deepEqual(Object.fromEntries(found), {
      "istio-system/istiod": [webhooks(15017), calls],
      "istio-cni/istio-cni": [calls],
      "istio-ingress/gateway": ["from host, remote-node: TCP 80, TCP 443, TCP 15021"],
      "vault/vault": [calls],
      "vault/vault-bootstrap": [calls],
      "vault/vault-unsealer": [calls],
      "external-secrets/external-secrets": [calls],
      "external-secrets/external-secrets-webhook": [webhooks(10250), calls],
      "external-secrets/external-secrets-cert-controller": [calls],
      "postgres-operator/pgo": [calls],
      "postgres/postgres": [calls],
      "postgres/pgbackrest": [calls],
      "redis-operator/redis-operator": [calls],
      "platform/janitor": [calls],
    });
  });

  it("select the pods that the standard ones select", async () => {
    for (const { apiVersion, metadata, spec } of ciliums(await around(cluster))) {
      const { labels } = workloads[metadata.name as keyof typeof workloads];
      assert.equal(apiVersion, "cilium.io/v2");
      assert.deepEqual(spec.endpointSelector, { matchLabels: labels });
    }
  });

  it("leave no standard rule without a peer, which would be for everybody", async () => {
    const made = await around({ ...cluster, dns: { peers: [{ entity: "host" }] } });
    for (const { spec } of standard(made))
      for (const { from, to } of [...(spec.ingress ?? []), ...(spec.egress ?? [])])
        assert.ok((from ?? to ?? []).length > 0);
    const [api, stranger] = [{ address: "10.96.0.1" }, { address: "203.0.113.7" }];
    for (const place of [api, stranger])
      assert.ok(!allowed(standard(made), workloads.vault, place, 443));
  });

  it("let every pod ask a DNS that is on the node", async () => {
    const dns = { peers: [...usualDns.peers, { entity: "host" }] };
    const closed = ciliums(await around({ ...cluster, dns })).filter(
      ({ metadata }) => metadata.name === "default",
    );
    assert.equal(closed.length, 11);
    for (const policy of closed) {
      assert.deepEqual(policy.spec.endpointSelector, {});
      assert.deepEqual(rulesOf(policy), ["to host: UDP 53, TCP 53"]);
    }
  });

  it("are demanded of the cluster, and the addons have theirs", async () => {
    const made = await synth("prod", { ...withAddons(charts), cluster });
    const names = ciliums(made).filter(({ metadata }) => metadata.namespace === "addons");
    assert.deepEqual(names.map(({ metadata }) => metadata.name).sort(), [
      ...["kiali", "kube-state-metrics", "prometheus", "prometheus-operator"],
    ]);
  });

  it("are none where only addresses are named, but for the gateway", async () => {
    const made = await around({ networkPolicies: "cilium" });
    assert.deepEqual(
      ciliums(made).map(({ metadata }) => metadata.name),
      ["gateway"],
    );
    assert.equal(standard(made).length, standard(await synth("prod")).length);
  });
});

describe("Network policies of others", () => {
  const none = { networkPolicies: "none" };
  const findings = (made: Synthesis) =>
    judge(pack, policyOf(pack, "network-policies"), fixtures(made)).map(({ headline }) => headline);
  const fixtures = ({ registrations }: Synthesis) =>
    registrations.map(({ type, name, inputs }) => ({ type, name, props: inputs }));

  it("replace ours entirely, and the policy pack reports that", async () => {
    const made = await synth("prod", { ...withAddons(charts), cluster: none });
    assert.deepEqual([...made.of("NetworkPolicy"), ...made.of("CiliumNetworkPolicy")], []);
    assert.ok(findings(made).some((text) => /K16 .*no NetworkPolicy selects/.test(text)));
  });

  it("are nothing that the pack reports where ours are", async () => {
    assert.deepEqual(findings(await synth("prod")), []);
    const entities = { networkPolicies: "cilium", apiServer: [{ entity: "kube-apiserver" }] };
    assert.deepEqual(findings(await around(entities)), []);
  });
});

describe("Network policies for the cluster's own servers", () => {
  const pod = (namespace: string, labels: Record<string, string>): Endpoint => ({
    namespace,
    labels,
  });

  it("open DNS where the settings say it answers, and there alone", async () => {
    const labels = { "dns.operator.openshift.io/daemonset-dns": "default" };
    const peers = [{ namespace: "openshift-dns", pods: labels }, "169.254.20.10/32"];
    const policies = dnsPolicies(await around({ dns: { peers, ports: [53, 5353] } }));
    assert.equal(policies.length, 11);
    const [own, openShift] = [workloads.shlink, pod("openshift-dns", labels)];
    for (const protocol of ["UDP", "TCP"]) {
      assert.ok(allowed(policies, own, openShift, 5353, protocol));
      assert.ok(allowed(policies, own, { address: "169.254.20.10" }, 53, protocol));
      const usual = pod("kube-system", { "k8s-app": "kube-dns" });
      assert.ok(!allowed(policies, own, usual, 53, protocol));
      assert.ok(!allowed(policies, own, pod("openshift-dns", {}), 5353, protocol));
    }
  });

  for (const port of [8443, 16443, 6444])
    it(`reach an API server on port ${port}, and no longer on others`, async () => {
      const policies = standard(await around({ apiServerPorts: [port] }));
      const api = { address: "10.96.0.1" };
      for (const caller of [workloads.vault, workloads.pgo, workloads["istio-cni"]]) {
        assert.ok(allowed(policies, caller, api, port));
        assert.ok(!allowed(policies, caller, api, 443));
      }
    });

  it("let tunnel agents call webhooks instead of the API server", async () => {
    const agents = { namespace: "kube-system", pods: { "k8s-app": "konnectivity-agent" } };
    const policies = standard(await around({ webhookCallers: [agents] }));
    const agent = pod(agents.namespace, agents.pods);
    for (const [webhook, port] of [
      [workloads.istiod, 15017],
      [workloads["external-secrets-webhook"], 10250],
    ] as const) {
      assert.ok(allowed(policies, agent, webhook, port));
      assert.ok(!allowed(policies, pod("kube-system", {}), webhook, port));
      assert.ok(!allowed(policies, { address: "10.96.0.1" }, webhook, port));
    }
  });
});
