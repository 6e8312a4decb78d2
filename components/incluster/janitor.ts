import { kube } from "./kube.ts";

interface Definition {
  metadata: { name: string; deletionTimestamp?: string };
  spec: { group: string; names: { plural: string }; versions: { name: string; served: boolean }[] };
}
interface List<T> {
  items: T[];
}
interface ConfigMap {
  metadata: { name: string; namespace: string };
}

/**
 * Removes what `helm uninstall` leaves behind: custom resource definitions, which Helm never deletes, and
 * the root certificate that istiod writes into every namespace. A definition that still has objects is
 * in use by somebody else and stays.
 */
const groups = (process.env["CRD_GROUPS"] ?? "").split(",");
const crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

for (const definition of await list<Definition>(crds))
  if (ours(definition)) await retire(definition);
// A definition that is being deleted is as good as gone.
const left = (await list<Definition>(crds)).filter(({ metadata }) => !metadata.deletionTimestamp);
if (!left.some(({ spec }) => spec.group.endsWith(".istio.io"))) await dropRootCertificates();

/** A group stands for itself and for its subdomains: istio.io for networking.istio.io. */
function ours({ spec }: Definition): boolean {
  return groups.some((group) => spec.group === group || spec.group.endsWith(`.${group}`));
}

async function retire({ metadata, spec }: Definition): Promise<void> {
  const served = spec.versions.find((version) => version.served)?.name ?? "";
  const objects = await list(`/apis/${spec.group}/${served}/${spec.names.plural}?limit=1`);
  if (objects.length > 0) return console.log(`${metadata.name} still has objects and stays`);
  await remove(`${crds}/${metadata.name}`);
}

async function dropRootCertificates(): Promise<void> {
  const maps = await list<ConfigMap>("/api/v1/configmaps?labelSelector=istio.io%2Fconfig%3Dtrue");
  for (const { metadata } of maps)
    if (metadata.name === "istio-ca-root-cert")
      await remove(`/api/v1/namespaces/${metadata.namespace}/configmaps/${metadata.name}`);
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
