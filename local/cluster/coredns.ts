import type { KubeObject } from "../lib/kube.ts";
import { clusterRole, onePod } from "../lib/objects.ts";
import { clusterDomain, dnsAddress, images } from "./layout.ts";

const namespace = "kube-system";
const labels = { "k8s-app": "kube-dns" };
const name = "coredns";

// Names outside the cluster do not exist here: pods have no way out, and a quick "no such name" is
// better than waiting for a server that cannot be reached.
const corefile = `${clusterDomain}:53 in-addr.arpa:53 ip6.arpa:53 {
    errors
    health
    ready
    kubernetes ${clusterDomain} in-addr.arpa ip6.arpa {
        pods insecure
        ttl 30
    }
    cache 30
}
.:53 {
    errors
    template ANY ANY {
        rcode NXDOMAIN
    }
}
`;

export function coreDnsObjects(): KubeObject[] {
  return [...access(), configMap(), service(), deployment()];
}

function access(): KubeObject[] {
  const verbs = ["list", "watch"];
  const rules = [
    { apiGroups: [""], resources: ["services", "pods", "namespaces"], verbs },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs },
  ];
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
    ...clusterRole("system:coredns", rules, { kind: "ServiceAccount", name, namespace }),
  ];
}

function configMap(): KubeObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace },
    data: { Corefile: corefile },
  };
}

function service(): KubeObject {
  const port = (protocol: string) => ({
    name: `dns-${protocol.toLowerCase()}`,
    port: 53,
    targetPort: 53,
    protocol,
  });
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "kube-dns", namespace, labels },
    spec: { clusterIP: dnsAddress, selector: labels, ports: [port("UDP"), port("TCP")] },
  };
}

function deployment(): KubeObject {
  return onePod({ name, namespace }, labels, {
    serviceAccountName: name,
    priorityClassName: "system-cluster-critical",
    dnsPolicy: "Default",
    // Port 53 without any capability, whatever user the image names.
    securityContext: { sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }] },
    tolerations: [{ operator: "Exists" }],
    containers: [container()],
    volumes: [{ name: "config", configMap: { name } }],
  });
}

const unprivileged = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  readOnlyRootFilesystem: true,
};

function container(): object {
  return {
    name,
    image: images.coredns,
    imagePullPolicy: "IfNotPresent",
    args: ["-conf", "/etc/coredns/Corefile"],
    ports: [
      { name: "dns-udp", containerPort: 53, protocol: "UDP" },
      { name: "dns-tcp", containerPort: 53, protocol: "TCP" },
    ],
    resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "170Mi" } },
    securityContext: unprivileged,
    readinessProbe: { httpGet: { path: "/ready", port: 8181 }, periodSeconds: 1 },
    livenessProbe: { httpGet: { path: "/health", port: 8080 }, failureThreshold: 10 },
    volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
  };
}
