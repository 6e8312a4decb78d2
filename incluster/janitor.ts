import { type Definition, type Groups, ownDefinitions } from "./definitions.ts";
import { environmentOf } from "./environment.ts";
import { kube, ownNamespace } from "./kube.ts";

interface List<T> {
  items: T[];
}
interface Namespace {
  metadata: { name: string; creationTimestamp: string };
}
interface ConfigMap {
  metadata: { labels?: Record<string, string> };
}

/**
 * This program removes what `helm uninstall` leaves behind: the platform's own custom resource definitions, which Helm
 * never deletes, and the root certificate that istiod writes into every namespace. A definition that still has objects
 * is in use by somebody else and stays.
 */
const groups = JSON.parse(environmentOf<"janitor.ts">()("CRD_GROUPS")) as Groups;
const crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

const namespaces = await list<Namespace>("/api/v1/namespaces");
const own = namespaces.find(({ metadata }) => metadata.name === ownNamespace());
const since = own?.metadata.creationTimestamp ?? new Date().toISOString();

for (const definition of ownDefinitions(await list<Definition>(crds), groups, since))
  await removeUnused(definition);
// A definition that is being deleted is as good as gone.
const left = (await list<Definition>(crds)).filter(({ metadata }) => !metadata.deletionTimestamp);
if (!left.some(({ spec }) => spec.group.endsWith(".istio.io"))) await removeRootCertificates();

async function removeUnused({ metadata, spec }: Definition): Promise<void> {
  const served = spec.versions.find((version) => version.served)?.name ?? "";
  const objects = await list(`/apis/${spec.group}/${served}/${spec.names.plural}?limit=1`);
  if (objects.length > 0) return console.log(`${metadata.name} still has objects and stays`);
  await remove(`${crds}/${metadata.name}`);
}

/** Asks for each by its name: the janitor's role lets it read no other. */
async function removeRootCertificates(): Promise<void> {
  for (const { metadata } of namespaces) {
    const path = `/api/v1/namespaces/${metadata.name}/configmaps/istio-ca-root-cert`;
    const { status, body } = await kube<ConfigMap>("GET", path);
    if (status === 200 && body.metadata.labels?.["istio.io/config"] === "true") await remove(path);
  }
}

async function list<T>(path: string): Promise<T[]> {
  const { status, body } = await kube<List<T>>("GET", path);
  if (status !== 200) throw new Error(`GET ${path}: the API server answered ${status}`);
  return body.items;
}

async function remove(path: string): Promise<void> {
  const { status } = await kube("DELETE", path);
  if (status >= 300 && status !== 404)
    throw new Error(`DELETE ${path}: the API server answered ${status}`);
  console.log(`deleted ${path}`);
}
