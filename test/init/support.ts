const classes = (...names: [string, boolean][]) => ({
  items: names.map(([name, usual]) => ({
    metadata: {
      name,
      annotations: { "storageclass.kubernetes.io/is-default-class": String(usual) },
    },
  })),
});
const service = (address: string, port: number, selector: object = {}) => ({
  spec: { clusterIPs: [address], ipFamilies: ["IPv4"], ports: [{ port }], selector },
});
const slice = (address: string, port: number, targetRef?: object) => ({
  items: [{ endpoints: [{ addresses: [address], targetRef }], ports: [{ port }] }],
});
const serves = (name: string) => ({ resources: [{ name }] });

/** A cluster of kubeadm with Kubernetes 1.34 and a Prometheus operator. */
export const kubeadm = {
  "GET /version": { gitVersion: "v1.34.2" },
  "GET /apis/storage.k8s.io/v1/storageclasses": classes(["slow", false], ["fast", true]),
  "GET /apis/admissionregistration.k8s.io/v1beta1": serves("mutatingadmissionpolicies"),
  "GET /apis/monitoring.coreos.com/v1": serves("podmonitors"),
  "GET /api/v1/namespaces/default/services/kubernetes": service("10.96.0.1", 443),
  "GET /apis/discovery.k8s.io/v1/namespaces/default/endpointslices": slice("172.18.0.2", 6443),
  "GET /api/v1/namespaces/kube-system/services/kube-dns": service("10.96.0.10", 53),
};

/** What OpenShift answers in other words. */
export const openShift = {
  "GET /apis/monitoring.coreos.com/v1": undefined,
  "GET /api/v1/namespaces/kube-system/services/kube-dns": undefined,
  "GET /api/v1/namespaces/openshift-dns/services/dns-default": service("172.30.0.10", 53, {
    "dns.operator.openshift.io/daemonset-dns": "default",
  }),
  "GET /apis/discovery.k8s.io/v1/namespaces/openshift-dns/endpointslices": slice(
    "10.128.0.5",
    5353,
    { kind: "Pod", namespace: "openshift-dns", name: "dns-a" },
  ),
};

/** Cilium's pod on the node of the API server. */
export const cilium = {
  [`GET /api/v1/namespaces/kube-system/pods?labelSelector=${encodeURIComponent("k8s-app=cilium")}`]:
    {
      items: [{ metadata: { name: "cilium-x" }, status: { podIP: "172.18.0.2" } }],
    },
};

/** Two classes, of which none is the cluster's choice. */
export const undecided = {
  "GET /apis/storage.k8s.io/v1/storageclasses": classes(["a", false], ["b", false]),
};
