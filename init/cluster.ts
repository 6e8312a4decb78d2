import type { Ask } from "../effects/api.ts";
import { gapsOf } from "../effects/network-gaps.ts";
import { type NetworkSurvey, surveyNetwork } from "../effects/network-survey.ts";
import { listed, serves, storageClassesPath } from "../effects/survey.ts";
import { type Surroundings, usualApiServerPorts, usualDns } from "../platform/surroundings.ts";

/** What the cluster has, as far as a stack file depends on it. */
export interface Found {
  version: string;
  storageClasses: string[];
  /** The class that the cluster gives to who names none, or its only one. */
  usualClass: string | undefined;
  mutatingAdmission: "v1" | "v1beta1" | "none";
  hasMonitors: boolean;
  network: FoundNetwork;
}

/** The network as settings of the stack file; what is as in most clusters is not there. */
export interface FoundNetwork {
  networkPolicies?: "cilium";
  /** Peers as the stack file writes them. */
  apiServer: string[];
  apiServerPorts?: number[];
  webhookCallers?: string[];
  dns?: { service?: string; peers?: string[]; ports?: number[] };
}

const isDefaultClass = "storageclass.kubernetes.io/is-default-class";
/** Where distributions keep the Service of their DNS: most of them, OpenShift, RKE2. */
const dnsServices = [
  usualDns.service,
  "openshift-dns/dns-default",
  "kube-system/rke2-coredns-rke2-coredns",
];

/**
 * Looks into the cluster, and changes nothing.
 * @throws Error with a sentence where the login is refused, or the API server or the cluster's DNS is not found.
 */
export async function lookAt(ask: Ask): Promise<Found> {
  const version = await ask<{ gitVersion?: string }>("/version");
  if (version.status !== 200)
    throw new Error(
      `The API server does not tell its version (HTTP ${version.status}, ${version.body.message}): log in again, or choose another context.`,
    );
  const [classes, mutatingAdmission, hasMonitors, network] = await Promise.all([
    storageClasses(ask),
    mutatingAdmissionOf(ask),
    hasApi(ask, "monitoring.coreos.com/v1", "podmonitors"),
    networkOf(ask),
  ]);
  return {
    version: version.body.gitVersion ?? "of an unknown version",
    storageClasses: classes.map(({ name }) => name),
    usualClass: (classes.length === 1 ? classes[0] : classes.find(({ usual }) => usual))?.name,
    mutatingAdmission,
    hasMonitors,
    network,
  };
}

async function storageClasses(ask: Ask) {
  const classes = await listed(ask, storageClassesPath);
  return (classes ?? []).map(({ name, annotations }) => ({
    name,
    usual: annotations?.[isDefaultClass] === "true",
  }));
}

async function mutatingAdmissionOf(ask: Ask): Promise<Found["mutatingAdmission"]> {
  for (const version of ["v1", "v1beta1"] as const)
    if (await hasApi(ask, `admissionregistration.k8s.io/${version}`, "mutatingadmissionpolicies"))
      return version;
  return "none";
}

const hasApi = async (ask: Ask, version: string, resource: string) =>
  (await serves(ask, { version, resource })) === true;

async function networkOf(ask: Ask): Promise<FoundNetwork> {
  for (const service of dnsServices) {
    const survey = await surveyNetwork(ask, usual(service));
    if (survey.apiServer.length === 0)
      throw new Error(
        "The account may not see where the API server is (Service default/kubernetes): use one that may, or write the stack file by hand, with cluster.apiServer.",
      );
    if (!survey.noDnsService) return settingsOf(survey, service);
  }
  throw new Error(
    `The cluster has none of the DNS Services ${dnsServices.join(", ")}: write its stack file by hand, with cluster.dns.`,
  );
}

/** What a stack file demands that says nothing of the network. */
const usual = (service: string): Surroundings => ({
  policies: "standard",
  dns: { ...usualDns, service },
  apiServer: { peers: [], ports: usualApiServerPorts },
  webhookCallers: [],
});

function settingsOf(survey: NetworkSurvey, service: string): FoundNetwork {
  const gaps = gapsOf(survey, usual(service));
  const lacking = (setting: string) => [
    ...new Set(gaps.filter(([name]) => name === setting).map(([, value]) => value)),
  ];
  const ports = lacking("cluster.apiServerPorts").map(Number);
  const callers = lacking("cluster.webhookCallers");
  const dns = dnsOf(survey, service, lacking);
  const apiServer = lacking("cluster.apiServer");
  return {
    ...(survey.onCiliumNodes && { networkPolicies: "cilium" }),
    apiServer,
    ...(ports.length > 0 && { apiServerPorts: [...usualApiServerPorts, ...ports] }),
    ...(callers.length > 0 && { webhookCallers: [...apiServer, ...callers] }),
    ...(Object.keys(dns).length > 0 && { dns }),
  };
}

function dnsOf(
  survey: NetworkSurvey,
  service: string,
  lacking: (setting: string) => string[],
): NonNullable<FoundNetwork["dns"]> {
  const peers = lacking("cluster.dns.peers");
  const ports = lacking("cluster.dns.ports").map(Number);
  const isUsual = [...survey.selected.values()].some((pods) => (pods ?? []).length > 0);
  const usualPeers = isUsual ? ["{ namespace: kube-system, pods: { k8s-app: kube-dns } }"] : [];
  return {
    ...(service !== usualDns.service && { service }),
    ...(peers.length > 0 && { peers: [...usualPeers, ...peers] }),
    ...(ports.length > 0 && { ports: isUsual ? [...usualDns.ports, ...ports] : ports }),
  };
}
