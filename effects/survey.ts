import { type Ask, metadataOnly } from "./api.ts";

/** An API that the stack's objects are of. */
export interface DemandedApi {
  /** Group and version. */
  version: string;
  /** Plural of the kind. */
  resource: string;
  /** The setting that asks for it, and what to do where the cluster has none. */
  remedy: string;
}

/** An object of the whole cluster, and who made it, as far as Helm tells. */
export interface Neighbour {
  kind: string;
  metadata: { name: string; annotations?: Record<string, string> };
}

/** What an account may be asked to do. */
export interface Right {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
  namespace?: string;
  name?: string;
}

/** What the cluster has; what it does not let the account see is not there. */
export interface Survey {
  version: string;
  /** The demanded APIs that the cluster does not serve. */
  missingApis: DemandedApi[];
  storageClasses?: string[];
  neighbours: Neighbour[];
  refusedRights: Right[];
}

/**
 * Some rights that tell an account that may deploy from one that may not: one of each way in which docs/deployer.yaml
 * gives them.
 */
const tellingRights: Right[] = [
  { verb: "patch", group: "", resource: "namespaces", name: "vault" },
  { verb: "create", group: "apiextensions.k8s.io", resource: "customresourcedefinitions" },
  {
    verb: "create",
    group: "admissionregistration.k8s.io",
    resource: "validatingwebhookconfigurations",
  },
  { verb: "create", group: "rbac.authorization.k8s.io", resource: "clusterroles" },
  { verb: "create", group: "", resource: "secrets", namespace: "vault" },
  { verb: "create", group: "", resource: "pods", subresource: "portforward", namespace: "vault" },
  {
    verb: "create",
    group: "",
    resource: "pods",
    subresource: "portforward",
    namespace: "postgres",
  },
];

export const storageClassesPath = "/apis/storage.k8s.io/v1/storageclasses";

/** Asks everything at once, and changes nothing. */
export async function surveyCluster(
  ask: Ask,
  apis: DemandedApi[],
  namespaces: string[],
): Promise<Survey> {
  // Of namespaces that the stack does not have nothing is asked.
  const asked = tellingRights.filter(({ resource, name, namespace }) => {
    const place = resource === "namespaces" ? name : namespace;
    return place === undefined || namespaces.includes(place);
  });
  const [version, missing, storageClasses, neighbours, rights] = await Promise.all([
    ask<{ gitVersion?: string }>("/version"),
    Promise.all(apis.map((api) => serves(ask, api))),
    names(ask, storageClassesPath),
    Promise.all(neighbourKinds.map((kind) => neighboursOf(ask, kind))),
    Promise.all(asked.map((right) => allows(ask, right))),
  ]);
  return {
    version: version.body.gitVersion ?? "of an unknown version",
    missingApis: apis.filter((_, index) => missing[index] === false),
    storageClasses,
    neighbours: neighbours.flat(),
    refusedRights: asked.filter((_, index) => rights[index] === false),
  };
}

/** Whether the cluster serves an API; undefined where the account may not know. */
export async function serves(
  ask: Ask,
  { version, resource }: Pick<DemandedApi, "version" | "resource">,
): Promise<boolean | undefined> {
  const { status, body } = await ask<{ resources?: { name: string }[] }>(`/apis/${version}`);
  if (status === 404) return false;
  if (status !== 200) return undefined;
  return (body.resources ?? []).some(({ name }) => name === resource);
}

type Metadata = Neighbour["metadata"];

/** The items are undefined where the account may not see them. The API server sends `null` for an empty list of metadata. */
export async function listed(ask: Ask, path: string): Promise<Metadata[] | undefined> {
  const { status, body } = await ask<{ items: { metadata: Metadata }[] | null }>(path, {
    accept: metadataOnly,
  });
  return status === 200 ? (body.items ?? []).map(({ metadata }) => metadata) : undefined;
}

async function names(ask: Ask, path: string): Promise<string[] | undefined> {
  return (await listed(ask, path))?.map(({ name }) => name);
}

const neighbourKinds = [
  {
    kind: "CustomResourceDefinition",
    path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
  },
  {
    kind: "ValidatingWebhookConfiguration",
    path: "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
  },
  {
    kind: "MutatingWebhookConfiguration",
    path: "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
  },
];

async function neighboursOf(ask: Ask, { kind, path }: (typeof neighbourKinds)[number]) {
  return ((await listed(ask, path)) ?? []).map((metadata) => ({ kind, metadata }));
}

async function allows(ask: Ask, right: Right): Promise<boolean> {
  const { status, body } = await ask<{ status?: { allowed?: boolean } }>(
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    {
      method: "POST",
      body: {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SelfSubjectAccessReview",
        spec: { resourceAttributes: right },
      },
    },
  );
  return status !== 201 || body.status?.allowed !== false;
}
