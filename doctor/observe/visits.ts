import type { OutsidePods } from "../../platform/surroundings.ts";
import { podsPath } from "../../effects/pods.ts";
import { reasonOf } from "../../effects/reason.ts";
import { selectorText, workloads } from "../../platform/workloads.ts";
import {
  type AuthorizationPolicy,
  type Facts,
  type Gateway,
  leftOut,
  type Pod,
  type Seen,
  type Visit,
} from "../facts.ts";
import { basePathOf, hostsOf, inNamespace, isReady, nameOf, podsOf } from "../readings.ts";
import { type Access, attempt, refusal, seen, unseen } from "./access.ts";

const { gateway } = workloads;
const { ports } = gateway;
/** Both are answered by Shlink with a look into its database, and neither is counted as a visit. */
const paths = ["/robots.txt", "/rest/health"];
const mostHosts = 5;

/**
 * Asks a pod of the gateway as a visitor would, through the API server, which hands the host on. `foreign`: where the
 * pods are of a gateway that somebody else runs.
 */
export const visit = (
  { ask }: Access,
  facts: Pick<Facts, "pods" | "gateways" | "virtualServices" | "deployments">,
  policies: Seen<AuthorizationPolicy[]>,
  foreign?: OutsidePods,
) =>
  attempt<Visit[]>(async () => {
    const { pods, gateways, virtualServices, deployments } = facts;
    const namespace = foreign?.namespace ?? gateway.namespace;
    const all = foreign === undefined ? podsOf(pods, "gateway") : await podsAt(ask, foreign);
    if (all === undefined) return unseen(refusal(`list pods in ${namespace}`, 403));
    const pod = all.find(isReady);
    if (pod === undefined) return unseen("no pod of the gateway is ready");
    if (isBehindProxies(pod, policies)) return unseen(leftOut.visits);
    const base = basePathOf(deployments);
    const hosts = namedHosts(gateways, pageHosts(virtualServices));
    const visits = hosts.flatMap((host) =>
      paths.map((path) => visitOf({ ask, namespace, pod }, host, `${base}${path}`)),
    );
    return seen(await Promise.all(visits));
  });

interface Asked {
  ask: Access["ask"];
  namespace: string;
  pod: Pod;
}

/** Asks a pod for one path of a host. */
async function visitOf({ ask, namespace, pod }: Asked, host: string, path: string): Promise<Visit> {
  const proxy = `/api/v1/namespaces/${namespace}/pods/http:${pod.metadata.name}:${ports.http}/proxy`;
  try {
    const { status, body } = await ask(`${proxy}${path}`, { host });
    if (status === 403 && /cannot .* resource "pods\/proxy"/.test(body.message ?? ""))
      throw new Forbidden(refusal(`get pods/proxy in ${namespace}`, 403));
    return { host, path, status };
  } catch (error) {
    if (error instanceof Forbidden) throw error;
    return { host, path, failure: reasonOf(error) };
  }
}

/** Whether who asks directly is refused: by a policy of addresses, or for want of the PROXY protocol's first line. */
function isBehindProxies({ metadata }: Pod, policies: Seen<AuthorizationPolicy[]>): boolean {
  if (/"proxyProtocol"/.test(metadata.annotations?.["proxy.istio.io/config"] ?? "")) return true;
  return (policies.known ? policies.value : [])
    .filter(inNamespace(gateway.namespace))
    .filter(({ spec }) => spec?.action === "DENY")
    .flatMap(({ spec }) => spec?.rules ?? [])
    .filter(({ to }) => to === undefined)
    .some(({ from = [] }) => from.some(({ source }) => source?.["notIpBlocks"] !== undefined));
}

/** Undefined: the account may not see them. */
async function podsAt(ask: Access["ask"], { namespace, pods = {} }: OutsidePods) {
  const { status, body } = await ask<{ items?: Pod[] }>(podsPath(namespace, selectorText(pods)));
  return status === 200 ? (body.items ?? []) : undefined;
}

class Forbidden extends Error {}

/** Hosts of the web client, which is no Shlink, and which may be for some networks only. */
const pageHosts = (virtualServices: Facts["virtualServices"]) =>
  virtualServices
    .filter((one) => nameOf(one) === `${workloads["web-client"].namespace}/web-client`)
    .flatMap(({ spec }) => spec?.hosts ?? []);

const namedHosts = (gateways: Gateway[], others: string[]) =>
  hostsOf(gateways)
    .filter((host) => !host.includes("*") && !others.includes(host))
    .slice(0, mostHosts);
