import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, it } from "mocha";
import { kubernetes } from "../../effects/cluster.ts";
import type { OutsidePeer, Surroundings } from "../../platform/surroundings.ts";
import { useApiServer } from "../support/api-server.ts";
import { noDemands, refusalOf } from "../support/demands.ts";
import { usualSurroundings } from "../support/surroundings.ts";

const slices = (namespace: string) =>
  `GET /apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
const pods = (label: string) =>
  `GET /api/v1/namespaces/kube-system/pods?labelSelector=${encodeURIComponent(label)}`;
const slice = (port: number, ...endpoints: object[]) => ({
  items: [{ endpoints, ports: [{ port }] }],
});
const service = (address: string, port: number, more: object = {}) => ({
  spec: { clusterIPs: [address], ipFamilies: ["IPv4"], ports: [{ port }], ...more },
});
const podRef = (namespace: string, name: string) => ({
  targetRef: { kind: "Pod", namespace, name },
});
const kubeDns = { "k8s-app": "kube-dns" };
const agent = (label: string) => ({
  [pods(`${label}=konnectivity-agent`)]: {
    items: [{ metadata: { name: "konnectivity-agent-1" }, status: { podIP: "10.4.0.9" } }],
  },
});
const nodeLocal = (spec: object) => ({
  [pods("k8s-app=node-local-dns")]: {
    items: [{ metadata: { name: "node-local-dns-x" }, spec, status: { podIP: "10.4.0.3" } }],
  },
});
const withCilium = (address: string) => ({
  [pods("k8s-app=cilium")]: {
    items: [{ metadata: { name: "cilium-x" }, status: { podIP: address } }],
  },
});
const apiServerAt = (address: string, port: number) => ({
  [slices("default")]: slice(port, { addresses: [address] }),
});

/** As kubeadm makes it. */
const usual = {
  "GET /api/v1/namespaces/default/services/kubernetes": service("10.96.0.1", 443),
  ...apiServerAt("172.18.0.2", 6443),
  "GET /api/v1/namespaces/kube-system/services/kube-dns": service("10.96.0.10", 53, {
    selector: kubeDns,
  }),
  [slices("kube-system")]: slice(53, {
    addresses: ["10.244.0.4"],
    ...podRef("kube-system", "coredns-a"),
  }),
  [pods("k8s-app=kube-dns")]: { items: [{ metadata: { name: "coredns-a" } }] },
};
const noEndpoints = { items: [{ endpoints: null, ports: [] }] };
const openShift = {
  "GET /api/v1/namespaces/openshift-dns/services/dns-default": service("172.30.0.10", 53, {
    selector: { "dns.operator.openshift.io/daemonset-dns": "default" },
  }),
  [slices("openshift-dns")]: slice(5353, {
    addresses: ["10.128.0.7"],
    ...podRef("openshift-dns", "dns-default-a"),
  }),
};

const { apiServer } = usualSurroundings;
const right: Surroundings = {
  ...usualSurroundings,
  apiServer: { ...apiServer, peers: ["10.96.0.1/32", "172.18.0.0/16"] },
};
const asked = (peers: OutsidePeer[], rest: object = {}): Partial<Surroundings> => ({
  dns: { ...right.dns, peers, ...rest },
});
const cilium: Partial<Surroundings> = {
  policies: "cilium",
  apiServer: { ...apiServer, peers: ["10.96.0.1/32", { entity: "kube-apiserver" }] },
};

/** A cluster, settings that miss something of it, what `verify` says they lack, and settings that lack nothing. */
type Case = [name: string, cluster: object, before: object, lacks: string, after: object];
const cases: Case[] = [
  [
    "kubeadm, whose API server is not where the settings say",
    apiServerAt("192.168.7.5", 6443),
    {},
    "cluster.apiServer lacks 192.168.7.5/32",
    { apiServer: { ...apiServer, peers: ["10.96.0.1/32", "192.168.7.0/24"] } },
  ],
  ...[8443, 16443, 6444].map((port): Case => [
    `an API server on port ${port}`,
    apiServerAt("172.18.0.2", port),
    {},
    `cluster.apiServerPorts lacks ${port}`,
    { apiServer: { ...right.apiServer, ports: [443, port] } },
  ]),
  [
    "NodeLocal DNSCache, which listens at the Service's address, too",
    nodeLocal({
      hostNetwork: true,
      containers: [{ args: ["-localip", "169.254.20.10,10.96.0.10", "-conf", "/etc/Corefile"] }],
    }),
    {},
    "cluster.dns.peers lacks 169.254.20.10/32, 10.96.0.10/32",
    asked([...right.dns.peers, "169.254.20.10/32", "10.96.0.10/32"]),
  ],
  [
    "NodeLocal DNSCache that tells no address",
    nodeLocal({ hostNetwork: true }),
    {},
    "cluster.dns.peers lacks 169.254.20.10/32",
    asked([...right.dns.peers, "169.254.0.0/16"]),
  ],
  [
    "NodeLocal DNSCache in pods, as GKE's Dataplane V2 leads to them",
    nodeLocal({ hostNetwork: false }),
    {},
    "cluster.dns.peers lacks { namespace: kube-system, pods: { k8s-app: node-local-dns } }",
    asked([
      ...right.dns.peers,
      { namespace: "kube-system", pods: { "k8s-app": "node-local-dns" } },
    ]),
  ],
  [
    "OpenShift, of which only the Service is named",
    openShift,
    asked(right.dns.peers, { service: "openshift-dns/dns-default" }),
    "cluster.dns.peers lacks { namespace: openshift-dns, pods: { dns.operator.openshift.io/daemonset-dns: default } }; " +
      "cluster.dns.ports lacks 5353",
    asked([{ namespace: "openshift-dns" }], {
      service: "openshift-dns/dns-default",
      ports: [5353],
    }),
  ],
  ...["k8s-app", "app"].map((label): Case => [
    `webhook calls through konnectivity's agents with label ${label}`,
    agent(label),
    {},
    `cluster.webhookCallers lacks { namespace: kube-system, pods: { ${label}: konnectivity-agent } }`,
    { webhookCallers: [{ namespace: "kube-system", pods: { [label]: "konnectivity-agent" } }] },
  ]),
  [
    "Cilium on nodes that run the API server",
    withCilium("172.18.0.2"),
    { ...cilium, apiServer: right.apiServer },
    "cluster.apiServer lacks { entity: kube-apiserver }",
    cilium,
  ],
];

describe("The network around the platform", () => {
  const api = useApiServer();
  beforeEach(async () => {
    const mocks = { newResource: () => ({ id: "", state: {} }), call: () => ({}) };
    await pulumi.runtime.setMocks(mocks, "shlink-platform", "prod", true);
    const system = { metadata: { name: "kube-system", uid: "u" } };
    api.answers = { "GET /api/v1/namespaces": { items: [system] }, ...usual };
  });

  const verify = (change: Partial<Surroundings> = {}) =>
    kubernetes(() => Promise.resolve({ namespaces: {} })).verify({
      ...noDemands,
      surroundings: { ...right, ...change },
    });
  const refusal = (change: Partial<Surroundings> = {}) => refusalOf(verify(change));

  it("is what the settings say on a usual cluster, with Cilium, too, where the API server is on no node", async () => {
    await verify();
    Object.assign(api.answers, withCilium("172.18.0.77"));
    await verify();
  });

  for (const [name, cluster, before, lacks, after] of cases)
    it(`may have ${name}`, async () => {
      Object.assign(api.answers, cluster);
      assert.equal(
        await refusal(before),
        `Pulumi.prod.yaml: ${lacks}: without them the network policies cut the platform's pods off from what context here ` +
          "has there (Endpoints of the API server and of the DNS, and pods in kube-system).",
      );
      await verify(after);
      await verify({ ...before, policies: "none" });
    });

  it("may have no pod behind the DNS's Service: it is down, or on each node as in EKS Auto Mode", async () => {
    api.answers[slices("kube-system")] = noEndpoints;
    assert.equal(
      await refusal(),
      "Pulumi.prod.yaml: no pod is behind the DNS's Service kube-system/kube-dns of context here: bring the DNS back, or, where it " +
        "runs on each node (EKS Auto Mode), add 10.96.0.10/32 to cluster.dns.peers.",
    );
    await verify(asked(["10.96.0.10/32"]));
    await verify({ policies: "none" });
  });

  it("has to be let through by NetworkPolicies, of which Cilium's take no address for a node", async () => {
    Object.assign(api.answers, withCilium("172.18.0.2"));
    assert.equal(
      await refusal(),
      "Pulumi.prod.yaml: cluster.networkPolicies must be cilium, and cluster.apiServer have { entity: kube-apiserver }: in " +
        "context here Cilium runs and the API server is on its nodes, which no address in a NetworkPolicy matches there.",
    );
  });

  it("has a Service of the DNS, by the name that the settings give", async () => {
    delete api.answers["GET /api/v1/namespaces/kube-system/services/kube-dns"];
    assert.match(
      await refusal(),
      /^Pulumi\.prod\.yaml: cluster\.dns\.service must name .* context here has no kube-system\/kube-dns; OpenShift's is/,
    );
  });

  it("knows the DNS's pods from others of their namespace", async () => {
    api.answers[pods("k8s-app=kube-dns")] = { items: [{ metadata: { name: "another" } }] };
    assert.match(await refusal(), /cluster\.dns\.peers lacks .*kube-dns/);
  });

  it("is refused where Services have IPv6 addresses first, and taken where they come second", async () => {
    const path = "GET /api/v1/namespaces/default/services/kubernetes";
    api.answers[path] = service("fd00::1", 443, { ipFamilies: ["IPv6"] });
    assert.match(
      await refusal(),
      /^Services of context here have IPv6 addresses first .*RoadRunner/,
    );
    assert.match(await refusal({ policies: "none" }), /^Services of context here have IPv6/);
    api.answers[path] = service("10.96.0.1", 443, { ipFamilies: ["IPv4", "IPv6"] });
    await verify();
  });

  it("may be hidden from the account", async () => {
    api.otherwise = 403;
    api.answers = { "GET /api/v1/namespaces": api.answers["GET /api/v1/namespaces"] };
    await verify({ apiServer: { peers: ["192.0.2.1/32"], ports: [1] } });
  });
});
