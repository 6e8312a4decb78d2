import { scrapeFlows, type Peer } from "../../../platform/flows.ts";
import type { WorkloadName } from "../../../platform/workloads.ts";
import {
  inNamespace,
  policyPeers,
  policyTypes,
  type PolicyPeer,
  type PolicySpec,
} from "../../network/index.ts";
import { collector } from "./jaeger.ts";
import { installedViews, viewsNamespace, type ViewName, type ViewsSettings } from "./settings.ts";

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

const parts: Record<ViewName, PodName[]> = {
  prometheus: ["prometheus", "prometheus-operator", "kube-state-metrics"],
  grafana: ["grafana"],
  jaeger: ["jaeger"],
  kiali: ["kiali"],
};

/** The port of the pod, behind its Service, on which a view answers. */
const webPorts: Record<ViewName, number> = {
  prometheus: 9090,
  grafana: 3000,
  jaeger: 16686,
  kiali: 20001,
};

/** Which view asks which; people come by port-forward, which no policy concerns. */
const questions: Partial<Record<ViewName, ViewName[]>> = {
  grafana: ["prometheus", "jaeger"],
  kiali: ["prometheus", "grafana", "jaeger"],
};

type Rule = { peers: PolicyPeer[]; ports: number[] };
interface Rules {
  in: Rule[];
  out: Rule[];
}

/** What each kind of pod may do, besides asking the DNS; of the views that are installed. */
export function viewPolicies(
  views: ViewsSettings,
  apiServer: string[],
): Record<string, PolicySpec> {
  const installed = installedViews(views);
  const entries = installed
    .flatMap((view) => parts[view])
    .map((name) => [name, spec(name, rulesOf(name, installed, views, apiServer))]);
  return Object.fromEntries(entries) as Record<string, PolicySpec>;
}

function rulesOf(
  name: PodName,
  installed: ViewName[],
  views: ViewsSettings,
  apiServer: string[],
): Rules {
  const api = [{ peers: policyPeers("api-server", apiServer), ports: [443, 6443] }];
  const workloads = (list: WorkloadName[]) => list.flatMap((one) => policyPeers(one, apiServer));
  if (name === "prometheus-operator") return { in: [], out: api };
  if (name === "kube-state-metrics") return { in: [from(["prometheus"], 8080)], out: api };
  const asked = { in: askers(name, installed), out: asks(name, views, apiServer) };
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
  scrapeFlows(viewsNamespace).map(({ to, ports }) => ({
    peers: to.flatMap((peer: Peer) => policyPeers(peer, apiServer)),
    ports,
  }));

function askers(name: ViewName, installed: ViewName[]): Rule[] {
  const list = installed.filter((view) => questions[view]?.includes(name));
  return list.length === 0 ? [] : [from(list, webPorts[name])];
}

/** Where a view that the cluster has already is, only its address says. */
function asks(name: ViewName, views: ViewsSettings, apiServer: string[]): Rule[] {
  return (questions[name] ?? []).flatMap((other): Rule[] => {
    const view = views[other];
    if (view.mode === "none") return [];
    if (view.mode === "chart") return [{ peers: [pod(other)], ports: [webPorts[other]] }];
    return [elsewhere(new URL(view.address), apiServer)];
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
  ...inNamespace(viewsNamespace),
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
