import { definitionGroups } from "../../platform/definitions.ts";
import type { Claim, Event, Node, Pod } from "../facts.ts";
import { finding } from "../finding.ts";
import { bringBack, installAnew } from "../mend.ts";
import { collections } from "../observe/lists.ts";
import {
  brief,
  condition,
  hasEndpoints,
  inNamespace,
  lastEvent,
  linkOf,
  nameOf,
} from "../readings.ts";
import { namespaceNames } from "../../platform/namespaces.ts";
import type { WorkloadName } from "../../platform/workloads.ts";
import { usualDns } from "../../platform/surroundings.ts";

const anyCluster = ["kubectl config current-context", "kubectl cluster-info"];

export const apiUnreachable = finding({
  id: "api-unreachable",
  link: "cluster",
  severity: "broken",
  title: "The API server does not answer",
  meaning: "No connection to the kubeconfig's API server came about, or it gave no answer in time.",
  consequence:
    "Nothing can be changed or repaired. Pods that run go on, and so do redirects, until one of them ends.",
  fix: "Start the cluster or its API server; or correct the kubeconfig, which may name another cluster, and the network or VPN on the way.",
  look: anyCluster,
  needs: ["server"],
  find: ({ server: { failure, address } }) =>
    failure?.kind === "unreachable" ? [{ text: `${address}: ${failure.message}` }] : [],
});

export const apiCertificateInvalid = finding({
  id: "api-certificate-invalid",
  link: "cluster",
  severity: "broken",
  title: "The API server's certificate is not valid",
  meaning:
    "The API server answers with a certificate that has expired, is for another name, or is not of the kubeconfig's authority.",
  consequence:
    "No client may trust it: kubectl, operators and nodes stop. Redirects go on for now.",
  fix: "Renew the API server's certificate (with kubeadm: kubeadm certs renew apiserver, then restart it), or put the cluster's present authority into the kubeconfig.",
  look: anyCluster,
  needs: ["server"],
  find: ({ server: { failure, address } }) =>
    failure?.kind === "certificate" ? [{ text: `${address}: ${failure.message}` }] : [],
});

export const apiLoginRefused = finding({
  id: "api-login-refused",
  link: "cluster",
  severity: "broken",
  title: "The API server does not accept the kubeconfig's login",
  meaning:
    "The API server answered 401: the token or the client's certificate has expired or is of another cluster.",
  consequence: "Nothing of the cluster can be seen or changed with this kubeconfig.",
  fix: "Log in again with the tool of your cluster's provider, or get a new kubeconfig from its administrator.",
  look: ["kubectl config view --minify"],
  needs: ["server"],
  find: ({ server: { failure, address } }) =>
    failure?.kind === "login" ? [{ text: `${address}: ${failure.message}` }] : [],
});

/** A healthy API server answers within 100 ms; from one second on operators lose their leases. */
const slowSeconds = 1;

export const apiSlow = finding({
  id: "api-slow",
  link: "cluster",
  severity: "warning",
  title: "The API server is slow",
  meaning: "The API server took longer than a second to tell its version.",
  consequence:
    "Operators lose their leases and start anew, failovers take longer, and pulumi up may time out.",
  fix: "Look at the load and the disk of the control plane; etcd needs a disk that syncs within 10 ms.",
  look: ["kubectl get --raw '/readyz?verbose'", "kubectl get nodes"],
  needs: ["server"],
  find: ({ server: { seconds, failure } }) =>
    failure === undefined && seconds > slowSeconds
      ? [{ text: `GET /version took ${seconds.toFixed(1)} s` }]
      : [],
});

/** The seconds that two clocks may differ: who is further behind refuses tokens and certificates that begin now. */
const mostSkew = 30;

export const clockSkewed = finding({
  id: "clock-skewed",
  link: "cluster",
  severity: "warning",
  title: "Two clocks differ",
  meaning: `The API server's clock and that of the machine on which the doctor runs differ by more than ${mostSkew} seconds.`,
  consequence:
    "Where it is the cluster's clock that is wrong, new tokens and certificates are not valid yet or not any more, and logins fail.",
  fix: "Let the machine whose clock is wrong follow a time server (chrony, systemd-timesyncd).",
  look: ["kubectl get nodes -o wide", "date --utc"],
  needs: ["server"],
  find: ({ server: { ahead = 0 } }) =>
    Math.abs(ahead) > mostSkew
      ? [
          {
            text: `the API server's clock is ${Math.abs(ahead).toFixed(0)} s ${ahead > 0 ? "ahead of" : "behind"} this machine's`,
          },
        ]
      : [],
});

/** What a node says of itself that keeps pods from it, or drives them away. */
const pressures = ["MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"];

const isUp = ({ status }: Node) => condition(status?.conditions, "Ready")?.status === "True";

export const nodeNotReady = finding({
  id: "node-not-ready",
  link: "cluster",
  severity: "warning",
  title: "A node is not ready",
  meaning:
    "The kubelet of a node that has pods of the platform reports that it cannot run pods, that its disk or memory is short, or nothing any more.",
  consequence: "Its pods are not reached, or are evicted; with one node nothing runs at all.",
  fix: "Restart the kubelet or the node; what the node's conditions name (disk, memory, network) says why.",
  look: ["kubectl get nodes -o wide", "kubectl describe nodes"],
  needs: ["nodes", "pods"],
  find: ({ nodes, pods }) => {
    const used = new Set(pods.map(({ spec }) => spec?.nodeName));
    // Nodes of others come and go in a large cluster.
    const allDown = !nodes.some(isUp);
    const concerned = nodes.filter(({ metadata }) => used.has(metadata.name) || allDown);
    return concerned.flatMap((node) =>
      complaintsOf(node).map((text) => ({
        text: `node ${node.metadata.name}: ${text}`,
        ...(allDown && { severity: "broken" as const }),
      })),
    );
  },
});

function complaintsOf(node: Node): string[] {
  const conditions = node.status?.conditions;
  if (!isUp(node)) return [condition(conditions, "Ready")?.reason ?? "no condition Ready"];
  return pressures.filter((type) => condition(conditions, type)?.status === "True");
}

export const dnsDown = finding({
  id: "dns-down",
  link: "cluster",
  severity: "broken",
  title: "The cluster's DNS does not run",
  meaning: "No pod behind the Service kube-system/kube-dns is ready.",
  consequence:
    "New connections to PostgreSQL, Redis and Vault fail, for their names resolve to nothing. Open ones go on.",
  fix: "Scale the DNS Deployment up again, or restart it; its log says why it does not start.",
  mend: ["kubectl -n kube-system rollout restart deployment/coredns"],
  look: [
    "kubectl -n kube-system get pods -l k8s-app=kube-dns",
    "kubectl -n kube-system logs -l k8s-app=kube-dns --tail=20",
  ],
  needs: ["services", "endpointSlices"],
  find: ({ services, endpointSlices }) =>
    services
      .filter(({ metadata }) => nameOf({ metadata }) === usualDns.service)
      .filter((service) => !hasEndpoints(service, endpointSlices))
      .map((service) => ({ text: `Service ${nameOf(service)} leads to no ready pod` })),
});

export const namespaceMissing = finding({
  id: "namespace-missing",
  link: "cluster",
  severity: "broken",
  title: "A namespace of the platform is missing",
  meaning:
    "The cluster does not have a namespace that every stack has but for parts that the stack file takes from the cluster, or it is being deleted.",
  consequence: "What ran in it is gone, with its volumes unless their class keeps them.",
  fix: "If this is the wrong cluster, choose another context. Else bring the namespace back with pulumi up --refresh --run-program, and its data from the backups.",
  mend: bringBack,
  look: ["kubectl get namespaces --show-labels"],
  needs: ["namespaces", "others"],
  find: ({ namespaces, others }) =>
    namespaceNames(false).flatMap((name) => {
      if (others.includes(name)) return [];
      const there = namespaces.find(({ metadata }) => metadata.name === name);
      if (there === undefined) return [{ text: `namespace ${name} is not there` }];
      if (there.metadata.deletionTimestamp === undefined) return [];
      return [{ text: `namespace ${name} is being deleted`, link: linkOf(name) }];
    }),
});

/** Without servers of the stack's own nobody needs what describes them. */
const needlessDefinitions = (outside: WorkloadName[]) => [
  ...(outside.includes("postgres") ? ["postgres-operator"] : []),
  ...(outside.includes("redis") ? ["redis-operator"] : []),
];

/** The definitions of a group whose objects the platform consists of. */
const definitionsOf = (group: string) =>
  collections
    .filter(({ api }) => api.startsWith(`apis/${group}/`))
    .map(({ resource, api }) => ({ name: `${resource}.${group}`, api: api.replace("apis/", "") }));

export const definitionsMissing = finding({
  id: "definitions-missing",
  link: "cluster",
  severity: "broken",
  title: "Definitions of custom resources are missing",
  meaning:
    "The cluster does not know an API of Istio, External Secrets or one of the two operators, or not the version of it that the program uses.",
  consequence:
    "All objects of that API are gone with it, and what an operator made of them may go, too.",
  fix: "Helm makes definitions when it installs a release, and does not look after them. Delete its record of the release that brings them, which touches nothing else; pulumi up --refresh --run-program then installs it anew over what is there. PostgreSQL's data comes back from its volumes or its backups.",
  mend: installAnew,
  look: ["kubectl get customresourcedefinitions"],
  needs: ["definitions", "unserved", "outside", "others"],
  find: ({ definitions, unserved, outside, others }) =>
    Object.entries(definitionGroups)
      .filter(([namespace]) => ![...needlessDefinitions(outside), ...others].includes(namespace))
      .flatMap(([, groups]) => groups)
      .flatMap((group) => {
        if (!definitions.some((name) => name.endsWith(`.${group}`)))
          return [{ text: `no definition of the group ${group}` }];
        return definitionsOf(group).flatMap(({ name, api }) => {
          if (!definitions.includes(name)) return [{ text: `no definition ${name}` }];
          return unserved.includes(name) ? [{ text: `${name} is not served as ${api}` }] : [];
        });
      }),
});

export const volumePending = finding({
  id: "volume-pending",
  link: "cluster",
  severity: "broken",
  title: "A volume is not there",
  meaning: "A claim of a server waits for its volume, has lost it, or is being deleted with it.",
  consequence: "The pod that needs it does not start, or not again after its next end.",
  fix: "See that the StorageClass of the claim exists and has room; a lost volume is restored from its backup, and so is what a claim that is being deleted holds: take a backup before its pod ends.",
  look: ["kubectl get pvc -A", "kubectl get storageclasses"],
  needs: ["claims", "pods", "events"],
  find: ({ claims, pods, events }) =>
    claims
      .filter((claim) => !isHealthy(claim) && !isInNoUse(claim, pods, events))
      .map((claim) => ({
        text: `claim ${nameOf(claim)} is ${stateOf(claim)}${whyOf(claim, events)}`,
        link: linkOf(claim.metadata.namespace),
      })),
});

const isHealthy = ({ metadata, status }: Claim) =>
  status?.phase === "Bound" && metadata.deletionTimestamp === undefined;

const stateOf = ({ metadata, spec, status }: Claim) =>
  metadata.deletionTimestamp === undefined
    ? `${status?.phase ?? "without a phase"} (class ${spec?.storageClassName ?? "of the cluster"})`
    : "being deleted";

const lastAbout = (claim: Claim, events: Event[]) =>
  lastEvent(
    claim,
    events.filter(({ involvedObject: { kind } }) => kind === "PersistentVolumeClaim"),
  );

function whyOf(claim: Claim, events: Event[]): string {
  const { message } = lastAbout(claim, events) ?? {};
  return message === undefined ? "" : `: ${brief(message)}`;
}

/** A class may wait for the first pod before it makes a volume. */
function isInNoUse(claim: Claim, pods: Pod[], events: Event[]): boolean {
  const { name, namespace = "" } = claim.metadata;
  const neighbours = pods.filter(inNamespace(namespace));
  if (claim.status?.phase === "Lost") return false;
  if (lastAbout(claim, events)?.reason !== "WaitForFirstConsumer") return neighbours.length === 0;
  return !neighbours.some(({ spec }) =>
    (spec?.volumes ?? []).some(({ persistentVolumeClaim: one }) => one?.claimName === name),
  );
}
