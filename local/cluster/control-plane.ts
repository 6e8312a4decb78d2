import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { componentKubeconfig } from "./kubeconfig.ts";
import { clusterDomain, nodeAddress, podNetwork, serviceNetwork, type Layout } from "./layout.ts";
import type { ProcessName, ProcessSpec } from "./processes.ts";

/** Flags are an object, so that none can be given twice. */
type Flags = Record<string, string>;

function argumentsOf(flags: Flags): string[] {
  return Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
}

export function etcdFlags(layout: Layout): Flags {
  return {
    name: "default",
    "data-dir": layout.etcd,
    "listen-client-urls": "http://127.0.0.1:2379",
    "advertise-client-urls": "http://127.0.0.1:2379",
    "listen-peer-urls": "http://127.0.0.1:2380",
    "initial-advertise-peer-urls": "http://127.0.0.1:2380",
    "initial-cluster": "default=http://127.0.0.1:2380",
    // A throw-away cluster: speed counts for more than surviving a power cut.
    "unsafe-no-fsync": "true",
    "log-level": "warn",
  };
}

type Pki = (file: string) => string;

const pkiOf =
  (layout: Layout): Pki =>
  (file) =>
    join(layout.pki, file);

export function apiServerFlags(layout: Layout): Flags {
  return {
    "advertise-address": nodeAddress,
    "secure-port": "6443",
    "etcd-servers": "http://127.0.0.1:2379",
    "service-cluster-ip-range": serviceNetwork,
    "authorization-mode": "Node,RBAC",
    "enable-admission-plugins": "NodeRestriction",
    // Keeps the Redis password out of a ConfigMap; on by default from Kubernetes 1.36.
    "feature-gates": "MutatingAdmissionPolicy=true",
    "runtime-config": "admissionregistration.k8s.io/v1beta1=true",
    "allow-privileged": "true",
    ...certificateFlags(pkiOf(layout)),
    ...aggregationFlags(pkiOf(layout)),
    ...auditFlags(layout),
    profiling: "false",
  };
}

/** By what the API server is known to clients and to the kubelet, and by what it knows them and pods. */
const certificateFlags = (pki: Pki): Flags => ({
  "tls-cert-file": pki("apiserver.crt"),
  "tls-private-key-file": pki("apiserver.key"),
  "client-ca-file": pki("ca.crt"),
  "kubelet-preferred-address-types": "InternalIP",
  "kubelet-certificate-authority": pki("ca.crt"),
  "kubelet-client-certificate": pki("apiserver-kubelet-client.crt"),
  "kubelet-client-key": pki("apiserver-kubelet-client.key"),
  "service-account-key-file": pki("service-account.pub"),
  "service-account-signing-key-file": pki("service-account.key"),
  "service-account-issuer": `https://kubernetes.default.svc.${clusterDomain}`,
});

/** For servers behind this one, which answer for APIs of their own. */
const aggregationFlags = (pki: Pki): Flags => ({
  "proxy-client-cert-file": pki("front-proxy-client.crt"),
  "proxy-client-key-file": pki("front-proxy-client.key"),
  "requestheader-client-ca-file": pki("front-proxy-ca.crt"),
  "requestheader-allowed-names": "front-proxy-client",
  "requestheader-username-headers": "X-Remote-User",
  "requestheader-group-headers": "X-Remote-Group",
  "requestheader-extra-headers-prefix": "X-Remote-Extra-",
});

const auditFlags = (layout: Layout): Flags => ({
  "audit-policy-file": auditPolicyFile(layout),
  "audit-log-path": join(layout.logs, "audit.log"),
  "audit-log-maxsize": "100",
  "audit-log-maxbackup": "2",
});

/** What the parts have in common that are clients of the API server, one of each. */
function clientFlags(layout: Layout, component: "controller-manager" | "scheduler"): Flags {
  const config = componentKubeconfig(layout, component);
  return {
    kubeconfig: config,
    "authentication-kubeconfig": config,
    "authorization-kubeconfig": config,
    "bind-address": "127.0.0.1",
    "leader-elect": "false",
    profiling: "false",
  };
}

const signingFlags = (pki: Pki): Flags => ({
  "root-ca-file": pki("ca.crt"),
  "service-account-private-key-file": pki("service-account.key"),
  "cluster-signing-cert-file": pki("ca.crt"),
  "cluster-signing-key-file": pki("ca.key"),
});

export function controllerManagerFlags(layout: Layout): Flags {
  return {
    ...clientFlags(layout, "controller-manager"),
    ...signingFlags(pkiOf(layout)),
    controllers: "*",
    "use-service-account-credentials": "true",
    "allocate-node-cidrs": "true",
    "cluster-cidr": podNetwork,
    "service-cluster-ip-range": serviceNetwork,
    // Two cores that also compile may starve the kubelet for a while: no reason to evict its pods.
    "node-monitor-grace-period": "2m0s",
    "kube-api-qps": "100",
    "kube-api-burst": "200",
  };
}

/** The audit log says who did what to which object, never a request's or an answer's content. */
export const auditPolicy = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [{ level: "Metadata" }],
};

function auditPolicyFile(layout: Layout): string {
  return join(layout.config, "audit-policy.json");
}

export async function writeControlPlaneConfig(layout: Layout): Promise<void> {
  await writeFile(auditPolicyFile(layout), JSON.stringify(auditPolicy, null, 2), { mode: 0o600 });
}

export function controlPlane(layout: Layout): ProcessSpec[] {
  const spec = (name: ProcessName, flags: Flags): ProcessSpec => ({
    name,
    command: join(layout.bin, name),
    args: argumentsOf(flags),
  });
  return [
    spec("etcd", etcdFlags(layout)),
    spec("kube-apiserver", apiServerFlags(layout)),
    spec("kube-controller-manager", controllerManagerFlags(layout)),
    spec("kube-scheduler", clientFlags(layout, "scheduler")),
  ];
}
