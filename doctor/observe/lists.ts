import { type NamespaceName, namespaceNames } from "../../platform/namespaces.ts";
import { usualDns } from "../../platform/surroundings.ts";
import { selectorText, workloads } from "../../platform/workloads.ts";
import type { FactName, Facts, KubeObject, Seen } from "../facts.ts";
import { serviceNameLabel } from "../readings.ts";
import { type Access, attempt, refusal, seen, unseen } from "./access.ts";

type Place = NamespaceName | "kube-system";

/** Objects of one kind, and where the findings look for them. */
interface Collection {
  fact: FactName;
  api: string;
  resource: string;
  places: Place[];
}

const everywhere: Place[] = namespaceNames(true);
const { postgres, redis, shlink, vault, gateway, istiod } = workloads;
const withDns: Place[] = [...everywhere, "kube-system"];
const stores = [postgres, redis, shlink].map(({ namespace }) => namespace);

const collection = (fact: FactName, api: string, resource: string, places = everywhere) => ({
  fact,
  api,
  resource,
  places,
});

const istio = "apis/networking.istio.io/v1";
const istioSecurity = "apis/security.istio.io/v1";

/** What every look lists, namespace by namespace: of others only their Gateways and Cilium's policies are read, where they count. */
export const collections: Collection[] = [
  collection("pods", "api/v1", "pods", withDns),
  collection("services", "api/v1", "services", withDns),
  collection("endpointSlices", "apis/discovery.k8s.io/v1", "endpointslices", withDns),
  collection("deployments", "apis/apps/v1", "deployments"),
  collection("statefulSets", "apis/apps/v1", "statefulsets"),
  collection("jobs", "apis/batch/v1", "jobs"),
  collection("cronJobs", "apis/batch/v1", "cronjobs", [postgres.namespace, vault.namespace]),
  collection("claims", "api/v1", "persistentvolumeclaims"),
  collection("events", "api/v1", "events"),
  collection("networkPolicies", "apis/networking.k8s.io/v1", "networkpolicies"),
  collection("secretStores", "apis/external-secrets.io/v1", "secretstores", stores),
  collection("externalSecrets", "apis/external-secrets.io/v1", "externalsecrets", stores),
  collection(
    "postgresClusters",
    "apis/postgres-operator.crunchydata.com/v1beta1",
    "postgresclusters",
    [postgres.namespace],
  ),
  collection("redisFailovers", "apis/databases.spotahome.com/v1", "redisfailovers", [
    redis.namespace,
  ]),
  collection("gateways", istio, "gateways", [shlink.namespace]),
  collection("virtualServices", istio, "virtualservices", [shlink.namespace]),
  collection("destinationRules", istio, "destinationrules", [
    shlink.namespace,
    gateway.namespace,
    istiod.namespace,
  ]),
  collection("peerAuthentications", istioSecurity, "peerauthentications", [
    shlink.namespace,
    istiod.namespace,
  ]),
  collection("authorizationPolicies", istioSecurity, "authorizationpolicies", [
    shlink.namespace,
    gateway.namespace,
    istiod.namespace,
  ]),
];

/** Selects the cluster's DNS, the only thing of interest in kube-system. */
const dnsSelector = (resource: string) =>
  resource === "endpointslices"
    ? `${serviceNameLabel}=${usualDns.service.split("/")[1]}`
    : usualDns.peers.map(({ pods }) => selectorText(pods)).join();

const pathOf = ({ api, resource }: Collection, place: Place) =>
  `/${api}/namespaces/${place}/${resource}` +
  (place === "kube-system" ? `?labelSelector=${encodeURIComponent(dnsSelector(resource))}` : "");

/** All objects of a kind; not seen where one namespace's are not. */
async function list(access: Access, one: Collection, present: string[], unserved: string[]) {
  const items: KubeObject[] = [];
  const asked = one.places.filter((place) => place === "kube-system" || present.includes(place));
  const answers = await Promise.all(
    asked.map((place) => access.ask<{ items?: KubeObject[] }>(pathOf(one, place))),
  );
  for (const [index, { status, body }] of answers.entries()) {
    if (status === 404) {
      unserved.push(`${one.resource}.${one.api.split("/")[1]}`);
      return unseen(`the cluster does not serve ${one.resource} as ${one.api}`);
    }
    if (status !== 200) return unseen(refusal(`list ${one.resource} in ${asked[index]}`, status));
    items.push(...(body.items ?? []));
  }
  return seen(items);
}

/** Lists whose items are known by the types in facts.ts. */
export async function readLists(access: Access, present: string[]): Promise<Partial<Lists>> {
  const unserved: string[] = [];
  const read = await Promise.all(
    collections.map(async (one) => [
      one.fact,
      await attempt(() => list(access, one, present, unserved)),
    ]),
  );
  return { ...(Object.fromEntries(read) as Partial<Lists>), unserved: seen(unserved) };
}

export type Lists = { [Name in FactName]: Seen<Facts[Name]> };

/** Objects of the whole cluster. */
export const readWhole = <T>(access: Access, path: string, what: string) =>
  attempt<T[]>(async () => {
    const { status, body } = await access.ask<{ items: T[] | null }>(path);
    return status === 200 ? seen(body.items ?? []) : unseen(refusal(`list ${what}`, status));
  });
