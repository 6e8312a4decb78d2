import { Refusal } from "../platform/refusal.ts";
import { selectorText } from "../platform/workloads.ts";
import { type Ask, metadataOnly } from "./api.ts";
import { isReady, podsPath, type PodStatus } from "./pods.ts";
import { reasonOf } from "./reason.ts";

/** What the settings say of a mesh that somebody else runs. */
export interface DemandedMesh {
  /** Absent: the default one. */
  revision?: string | undefined;
  /** Where istiod and what holds for the whole mesh are. */
  namespace: string;
  trustDomain: string;
  gateway: { namespace: string; pods: Record<string, string>; account: string };
  /** Whether it has a node agent. */
  cni: boolean;
  /** Proxies in front of the gateway that append to X-Forwarded-For. */
  trustedProxies: number;
}

interface Pod {
  metadata: { name: string; annotations?: Record<string, string> };
  spec?: { serviceAccountName?: string };
  status?: PodStatus;
}

interface GatewayPod extends Pod {
  /** Proxies that it trusts by its own annotation; absent: by the mesh's configuration. */
  proxies?: number | undefined;
}

interface Service {
  metadata: { name: string };
  spec?: { externalTrafficPolicy?: string; selector?: Record<string, string> };
}

interface PeerAuthentication {
  spec?: { selector?: object; mtls?: { mode?: string } };
}

interface ProxyConfig {
  gatewayTopology?: { numTrustedProxies?: number };
}

interface MeshConfig {
  trustDomain?: string;
  pathNormalization?: { normalization?: string };
  defaultConfig?: ProxyConfig;
}

interface Injector {
  name: string;
  labels?: Record<string, string>;
}

/** What was seen of a mesh. What is absent the account may not see. */
export interface SeenMesh {
  demanded: DemandedMesh;
  injectors?: Injector[];
  istiods?: Pod[];
  gateways?: GatewayPod[];
  services?: Service[];
  strict?: boolean;
  config?: MeshConfig;
  /** Whether istiod takes it that pods are redirected by a node agent. */
  agent?: boolean;
}

const istiodLabel = "app=istiod";
const usualRevision = "default";

/** Reads what Shlink relies on; it writes nothing. Undefined: the mesh is this stack's own. */
export async function surveyMesh(
  ask: Ask,
  demanded: DemandedMesh | undefined,
): Promise<SeenMesh | undefined> {
  if (demanded === undefined) return undefined;
  const { namespace, gateway } = demanded;
  // A stack with a mesh of its own is spared the time that it takes to load.
  const { parse } = await import("yaml");
  const read: Reader = (what, text) => parsed(what, text, parse);
  const [injectors, istiods, gateways, services, policies] = await Promise.all([
    injectorsOf(ask),
    items<Pod>(ask, podsPath(namespace, istiodLabel)),
    items<Pod>(ask, podsPath(gateway.namespace, selectorText(gateway.pods))),
    items<Service>(ask, `/api/v1/namespaces/${gateway.namespace}/services`),
    items<PeerAuthentication>(
      ask,
      `/apis/security.istio.io/v1/namespaces/${namespace}/peerauthentications`,
    ),
  ]);
  const strict = policies?.some(holdsForAll);
  const revision = revisionOf(injectors ?? [], demanded);
  const [config, agent] = await Promise.all([
    dataOf<MeshConfig>(ask, { namespace, name: ofRevision("istio", revision), key: "mesh" }, read),
    hasAgent(ask, { namespace, revision }, read),
  ]);
  const counted = gateways?.map((pod) => ({
    ...pod,
    proxies: proxiesBefore(pod, gateway.namespace, read),
  }));
  return { demanded, injectors, istiods, gateways: counted, services, strict, config, agent };
}

const holdsForAll = ({ spec }: PeerAuthentication) =>
  spec?.selector === undefined && spec?.mtls?.mode === "STRICT";

function proxiesBefore({ metadata: { name, annotations } }: Pod, namespace: string, read: Reader) {
  const what = `Annotation ${proxyConfig} of pod ${namespace}/${name}`;
  return proxiesOf(read<ProxyConfig>(what, annotations?.[proxyConfig] ?? ""));
}

async function items<T>(ask: Ask, path: string): Promise<T[] | undefined> {
  const { status, body } = await ask<{ items: T[] | null }>(path);
  return status === 200 ? (body.items ?? []) : undefined;
}

/** Reads a text of the mesh's as YAML, of which JSON is a part; `what` it is. */
type Reader = <T>(what: string, text: string) => T;

const proxyConfig = "proxy.istio.io/config";

function parsed<T>(what: string, text: string, parse: (text: string) => unknown): T {
  try {
    return (parse(text) ?? {}) as T;
  } catch (error) {
    const reason = reasonOf(error).replace(/:$/, "");
    throw new Refusal(
      `${what} is no valid YAML: ${reason}: correct it, for istiod cannot read it either.`,
    );
  }
}

const tag = "istio.io/tag";
const rev = "istio.io/rev";

/** The webhooks that put sidecars into pods, one for each revision and each tag of one. */
async function injectorsOf(ask: Ask): Promise<Injector[] | undefined> {
  const path = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
  const { status, body } = await ask<{ items: { metadata: Injector }[] | null }>(path, {
    accept: metadataOnly,
  });
  if (status !== 200) return undefined;
  return (body.items ?? []).map(({ metadata }) => metadata).filter(({ labels }) => labels?.[rev]);
}

const injectorOf = (injectors: Injector[], { revision = usualRevision }: DemandedMesh) =>
  injectors.find(({ labels }) => labels?.[tag] === revision) ??
  injectors.find(({ labels }) => labels?.[tag] === undefined && labels?.[rev] === revision);

/** A tag leads to a revision, by which the mesh's ConfigMaps are named. */
const revisionOf = (injectors: Injector[], demanded: DemandedMesh) =>
  injectorOf(injectors, demanded)?.labels?.[rev] ?? demanded.revision ?? usualRevision;

const ofRevision = (name: string, revision: string) =>
  revision === usualRevision ? name : `${name}-${revision}`;

async function dataOf<T>(
  ask: Ask,
  { namespace, name, key }: { namespace: string; name: string; key: string },
  read: Reader,
): Promise<T | undefined> {
  const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`;
  const { status, body } = await ask<{ data?: Record<string, string> }>(path);
  const text = status === 200 ? body.data?.[key] : undefined;
  return text === undefined ? undefined : read(`ConfigMap ${namespace}/${name}`, text);
}

/** istiod's charts up to 1.23 have it under another name. */
interface InjectionValues {
  pilot?: { cni?: { enabled?: boolean } };
  istio_cni?: { enabled?: boolean };
}

async function hasAgent(
  ask: Ask,
  { namespace, revision }: { namespace: string; revision: string },
  read: Reader,
) {
  const name = ofRevision("istio-sidecar-injector", revision);
  const values = await dataOf<InjectionValues>(ask, { namespace, name, key: "values" }, read);
  if (values === undefined) return undefined;
  const { pilot, istio_cni: former } = values;
  return pilot?.cni?.enabled ?? former?.enabled ?? false;
}

/** Says in one sentence why no visitor would reach Shlink through this mesh; undefined: nothing is known against it. */
export function meshObstacle(seen: SeenMesh | undefined, context: string): string | undefined {
  if (seen === undefined) return undefined;
  const where = `of context ${context}`;
  return (
    controlPlaneObstacle(seen, where) ?? gatewayObstacle(seen, where) ?? configObstacle(seen, where)
  );
}

function controlPlaneObstacle({ demanded, injectors, istiods }: SeenMesh, where: string) {
  const { namespace, revision } = demanded;
  if (istiods?.some(isReady) === false)
    return `No pod of istiod is ready in namespace ${namespace} ${where} (setting mesh.namespace): correct the setting, or start it.`;
  if (injectors !== undefined && injectorOf(injectors, demanded) === undefined)
    return (
      `No webhook ${where} puts sidecars of ${revision === undefined ? "the default revision" : `revision ${revision}`} into ` +
      `pods (setting mesh.revision): there are ${namesOf(injectors)}.`
    );
  return undefined;
}

function gatewayObstacle({ demanded: { gateway }, gateways }: SeenMesh, where: string) {
  if (gateways?.some(isReady) === false)
    return (
      `No pod of a gateway is ready in namespace ${gateway.namespace} ${where} with the labels ${selectorText(gateway.pods)} ` +
      "(settings mesh.gateway.namespace and mesh.gateway.pods): correct the settings, or start it."
    );
  const stranger = gateways?.find(({ spec }) => spec?.serviceAccountName !== gateway.account);
  if (stranger !== undefined)
    return (
      `Pod ${stranger.metadata.name} of the gateway ${where} runs as account ${stranger.spec?.serviceAccountName}, not ` +
      `${gateway.account} (setting mesh.gateway.account): Shlink would refuse its calls.`
    );
  return undefined;
}

function configObstacle(
  { demanded: { trustDomain, cni }, config, agent }: SeenMesh,
  where: string,
) {
  const domain = config?.trustDomain ?? "cluster.local";
  if (config !== undefined && domain !== trustDomain)
    return `The mesh ${where} has trust domain ${domain}, not ${trustDomain} (setting mesh.trustDomain): Shlink would refuse its gateway's calls.`;
  if (cni && agent === false)
    return (
      `The mesh ${where} redirects traffic by init containers, which Pod Security restricted refuses: set mesh.cni to false, ` +
      "or install Istio's node agent."
    );
  return undefined;
}

const namesOf = (injectors: Injector[]) =>
  [...new Set(injectors.map(({ labels }) => labels?.[tag] ?? labels?.[rev]))].join(", ") || "none";

const normalization = "DECODE_AND_MERGE_SLASHES";

/** One sentence for each thing that does not hold although Shlink relies on it, and what that means. */
export function meshCautions(seen: SeenMesh | undefined): string[] {
  if (seen === undefined) return [];
  const { demanded, config, strict, agent } = seen;
  const normalised = config?.pathNormalization?.normalization ?? "DEFAULT";
  return [
    config === undefined &&
      `The account may not read the mesh's configuration in namespace ${demanded.namespace}: whether it normalises paths and ` +
        "counts the proxies in front of its gateway as Shlink expects is not known.",
    config !== undefined &&
      normalised !== normalization &&
      `The mesh normalises paths by ${normalised}, not ${normalization}: its policies judge another path than Shlink sees, so ` +
        "//rest/v3 or /%72est/v3 counts as a link there, and the API's paths are guarded by the API key alone.",
    strict === false &&
      `No PeerAuthentication in namespace ${demanded.namespace} demands STRICT of the whole mesh: Shlink's pods do, what others ` +
        "add to the mesh takes calls in clear.",
    !demanded.cni &&
      agent === true &&
      "The mesh has a node agent, but mesh.cni is false: Pod Security restricted only warns in namespace shlink.",
    ...addressCautions(seen),
  ].filter((sentence) => sentence !== false);
}

/** Visits are counted, and limited, by the address that the gateway takes for the client's. */
function addressCautions({ demanded, gateways = [], services = [], config }: SeenMesh): string[] {
  const { trustedProxies, gateway } = demanded;
  const counted = gateways.map(({ proxies }) => proxies ?? proxiesOf(config?.defaultConfig) ?? 0);
  const wrong = config === undefined ? undefined : counted.find((one) => one !== trustedProxies);
  const leading = services.filter(({ spec }) => isPartOf(spec?.selector, gateway.pods));
  const hiding = leading.find(({ spec }) => spec?.externalTrafficPolicy === "Cluster");
  return [
    wrong !== undefined &&
      `The gateway trusts ${wrong} proxies in front of it, routing.trustedProxies says ${trustedProxies}: visits are counted ` +
        "under a proxy's address, or under one that the visitor chose.",
    hiding !== undefined &&
      `Service ${gateway.namespace}/${hiding.metadata.name} has externalTrafficPolicy Cluster: visits are counted under the ` +
        "addresses of nodes.",
  ].filter((sentence) => sentence !== false);
}

const proxiesOf = (config: ProxyConfig | null | undefined) =>
  config?.gatewayTopology?.numTrustedProxies;

/** Whether a Service leads to pods with these labels and more. */
const isPartOf = (selector: Record<string, string> = {}, labels: Record<string, string>) =>
  Object.entries(selector).some(([key, value]) => labels[key] === value);
