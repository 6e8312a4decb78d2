import { scrapeFlows, type Peer } from "../../../platform/flows.ts";
import type { Surroundings } from "../../../platform/surroundings.ts";
import { type WorkloadName, workloads } from "../../../platform/workloads.ts";
import {
  podsPeer,
  policyPeers,
  tcp,
  type PolicyPeer,
  type Rule,
  type Rules,
} from "../../network/rules.ts";
import { collector } from "./jaeger.ts";
import {
  installedAddons,
  addonsNamespace,
  type AddonName,
  type AddonsSettings,
} from "./settings.ts";

/** Pods of the charts, by the label that tells them apart. */
const pods = {
  prometheus: "prometheus",
  "prometheus-operator": "kube-prometheus-stack-prometheus-operator",
  "kube-state-metrics": "kube-state-metrics",
  grafana: "grafana",
  jaeger: "jaeger",
  kiali: "kiali",
};
type PodName = keyof typeof pods;

const parts: Record<AddonName, PodName[]> = {
  prometheus: ["prometheus", "prometheus-operator", "kube-state-metrics"],
  grafana: ["grafana"],
  jaeger: ["jaeger"],
  kiali: ["kiali"],
};

/** The port of the pod, behind its Service, on which an addon answers. */
const webPorts: Record<AddonName, number> = {
  prometheus: 9090,
  grafana: 3000,
  jaeger: 16686,
  kiali: 20001,
};

/** Which addon asks which; people come by port-forward, which no policy concerns. */
const questions: Partial<Record<AddonName, AddonName[]>> = {
  grafana: ["prometheus", "jaeger"],
  kiali: ["prometheus", "grafana", "jaeger"],
};

/** What each kind of pod may do, besides asking the DNS; of the addons that are installed. */
export function addonPolicies(
  addons: AddonsSettings,
  around: Surroundings,
  others: string[] = [],
): Record<string, Rules> {
  const installed = installedAddons(addons);
  const entries = installed
    .flatMap((addon) => parts[addon])
    .map((name) => [
      name,
      { labels: labels(name), ...rulesOf(name, installed, { addons, around, others }) },
    ]);
  return Object.fromEntries(entries) as Record<string, Rules>;
}

interface Around {
  addons: AddonsSettings;
  around: Surroundings;
  /** Namespaces in which there is nothing of the stack to watch. */
  others: string[];
}

/** The port of kube-state-metrics in its chart. */
const stateMetricsPort = 8080;

function rulesOf(name: PodName, installed: AddonName[], { addons, around, others }: Around): Rules {
  const { ports } = around.apiServer;
  const api = [{ peers: policyPeers("api-server", around), ports: tcp(ports) }];
  const peersOf = (list: WorkloadName[]) => list.flatMap((one) => policyPeers(one, around));
  if (name === "prometheus-operator") return { incoming: [], outgoing: api };
  if (name === "kube-state-metrics")
    return { incoming: [from(["prometheus"], stateMetricsPort)], outgoing: api };
  const asked = {
    incoming: askers(name, installed),
    outgoing: asks(name, addons, around),
  };
  if (name === "prometheus")
    return {
      incoming: asked.incoming,
      outgoing: [...api, ...targets(around, others), to("kube-state-metrics", stateMetricsPort)],
    };
  if (name === "jaeger") {
    const spans = { peers: peersOf(["gateway", "shlink"]), ports: tcp([collector.port]) };
    return { incoming: [spans, ...asked.incoming], outgoing: [] };
  }
  return name === "kiali" ? { incoming: [], outgoing: [...api, ...asked.outgoing] } : asked;
}

/** The very list by which the platform lets a Prometheus in. */
const targets = (around: Surroundings, others: string[]): Rule[] =>
  scrapeFlows(addonsNamespace)
    .map(({ to, ports }) => ({ to: to.filter((peer) => isWatched(peer, others)), ports }))
    .filter(({ to }) => to.length > 0)
    .map(({ to, ports }) => ({
      peers: to.flatMap((peer) => policyPeers(peer, around)),
      ports: tcp(ports),
    }));

const isWatched = (peer: Peer, others: string[]) =>
  typeof peer !== "string" ||
  !(peer in workloads) ||
  !others.includes(workloads[peer as WorkloadName].namespace);

function askers(name: AddonName, installed: AddonName[]): Rule[] {
  const list = installed.filter((addon) => questions[addon]?.includes(name));
  return list.length === 0 ? [] : [from(list, webPorts[name])];
}

/** Where an addon that the cluster has already is, only its address says. */
function asks(name: AddonName, addons: AddonsSettings, around: Surroundings): Rule[] {
  return (questions[name] ?? []).flatMap((other): Rule[] => {
    const addon = addons[other];
    if (addon.mode === "none") return [];
    if (addon.mode === "chart") return [to(other, webPorts[other])];
    return [elsewhere(new URL(addon.address), around)];
  });
}

/** A Service's pods may listen on another port than it, so of its namespace every port is open. */
function elsewhere({ hostname, protocol, port }: URL, around: Surroundings): Rule {
  const namespace = /^[^.]+\.([^.]+)\.svc(\.|$)/.exec(hostname)?.[1];
  if (namespace !== undefined) return { peers: policyPeers({ namespace }, around), ports: [] };
  const standard = protocol === "https:" ? 443 : 80;
  return {
    peers: policyPeers("anywhere", around),
    ports: tcp([port === "" ? standard : Number(port)]),
  };
}

const labels = (name: PodName) => ({ "app.kubernetes.io/name": pods[name] });
const pod = (name: PodName): PolicyPeer =>
  podsPeer({ namespace: addonsNamespace, pods: labels(name) });
const from = (names: PodName[], port: number): Rule => ({
  peers: names.map(pod),
  ports: tcp([port]),
});
const to = (name: PodName, port: number): Rule => from([name], port);
