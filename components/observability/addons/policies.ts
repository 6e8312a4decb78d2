import { scrapeFlows, type Peer, apiServerPorts } from "../../../platform/flows.ts";
import type { WorkloadName } from "../../../platform/workloads.ts";
import {
  inNamespace,
  policyPeers,
  policyTypes,
  type PolicyPeer,
  type PolicySpec,
} from "../../network/index.ts";
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

type Rule = { peers: PolicyPeer[]; ports: number[] };
interface Rules {
  in: Rule[];
  out: Rule[];
}

/** What each kind of pod may do, besides asking the DNS; of the addons that are installed. */
export function addonPolicies(
  addons: AddonsSettings,
  apiServer: string[],
): Record<string, PolicySpec> {
  const installed = installedAddons(addons);
  const entries = installed
    .flatMap((addon) => parts[addon])
    .map((name) => [name, spec(name, rulesOf(name, installed, addons, apiServer))]);
  return Object.fromEntries(entries) as Record<string, PolicySpec>;
}

function rulesOf(
  name: PodName,
  installed: AddonName[],
  addons: AddonsSettings,
  apiServer: string[],
): Rules {
  const api = [{ peers: policyPeers("api-server", apiServer), ports: apiServerPorts }];
  const workloads = (list: WorkloadName[]) => list.flatMap((one) => policyPeers(one, apiServer));
  if (name === "prometheus-operator") return { in: [], out: api };
  if (name === "kube-state-metrics") return { in: [from(["prometheus"], 8080)], out: api };
  const asked = { in: askers(name, installed), out: asks(name, addons, apiServer) };
  if (name === "prometheus")
    return {
      in: asked.in,
      out: [...api, ...targets(apiServer), { peers: [pod("kube-state-metrics")], ports: [8080] }],
    };
  if (name === "jaeger") {
    const spans = { peers: workloads(["gateway", "shlink"]), ports: [collector.port] };
    return { in: [spans, ...asked.in], out: [] };
  }
  return name === "kiali" ? { in: [], out: [...api, ...asked.out] } : asked;
}

/** The very list by which the platform lets a Prometheus in. */
const targets = (apiServer: string[]): Rule[] =>
  scrapeFlows(addonsNamespace).map(({ to, ports }) => ({
    peers: to.flatMap((peer: Peer) => policyPeers(peer, apiServer)),
    ports,
  }));

function askers(name: AddonName, installed: AddonName[]): Rule[] {
  const list = installed.filter((addon) => questions[addon]?.includes(name));
  return list.length === 0 ? [] : [from(list, webPorts[name])];
}

/** Where an addon that the cluster has already is, only its address says. */
function asks(name: AddonName, addons: AddonsSettings, apiServer: string[]): Rule[] {
  return (questions[name] ?? []).flatMap((other): Rule[] => {
    const addon = addons[other];
    if (addon.mode === "none") return [];
    if (addon.mode === "chart") return [{ peers: [pod(other)], ports: [webPorts[other]] }];
    return [elsewhere(new URL(addon.address), apiServer)];
  });
}

/** A Service's pods may listen on another port than it, so of its namespace every port is open. */
function elsewhere({ hostname, protocol, port }: URL, apiServer: string[]): Rule {
  const namespace = /^[^.]+\.([^.]+)\.svc(\.|$)/.exec(hostname)?.[1];
  if (namespace !== undefined) return { peers: policyPeers({ namespace }, apiServer), ports: [] };
  const standard = protocol === "https:" ? 443 : 80;
  return {
    peers: policyPeers("anywhere", apiServer),
    ports: [port === "" ? standard : Number(port)],
  };
}

const labels = (name: PodName) => ({ matchLabels: { "app.kubernetes.io/name": pods[name] } });
const pod = (name: PodName): PolicyPeer => ({
  ...inNamespace(addonsNamespace),
  podSelector: labels(name),
});
const from = (names: PodName[], port: number): Rule => ({ peers: names.map(pod), ports: [port] });

const tcp = (ports: number[]) =>
  ports.length === 0 ? {} : { ports: ports.map((port) => ({ protocol: "TCP", port })) };

const spec = (name: PodName, rules: Rules): PolicySpec => ({
  podSelector: labels(name),
  policyTypes,
  ingress: rules.in.map(({ peers, ports }) => ({ from: peers, ...tcp(ports) })),
  egress: rules.out.map(({ peers, ports }) => ({ to: peers, ...tcp(ports) })),
});
