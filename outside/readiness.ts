import { definitionGroups } from "../platform/definitions.ts";
import type { Neighbour, Right, Survey } from "./survey.ts";

export interface Conditions {
  context: string;
  storageClasses: string[];
  /** Whether the stack has made nothing here yet, so that nothing in the cluster can be its own. */
  fresh: boolean;
}

/** Names the first thing in one sentence that would stop the stack half-way; undefined where there is none. */
export function obstacle(survey: Survey, conditions: Conditions): string | undefined {
  return (
    (conditions.fresh ? neighbourInTheWay(survey.neighbours, conditions.context) : undefined) ??
    missingApi(survey, conditions) ??
    missingClass(survey, conditions) ??
    missingRight(survey.refusedRights, conditions.context)
  );
}

const products = {
  "istio-system": "Istio",
  "external-secrets": "External Secrets",
  "postgres-operator": "Crunchy's PostgreSQL operator",
  "redis-operator": "Spotahome's Redis operator",
};

/** Names of webhook configurations that Istio and External Secrets install, wherever they are. */
const webhooks = {
  "istio-system": /^(istio-|istiod-)/,
  "external-secrets": /^(externalsecret-validate|secretstore-validate)$/,
};

function neighbourInTheWay(neighbours: Neighbour[], context: string): string | undefined {
  for (const neighbour of neighbours) {
    const product = productOf(neighbour);
    if (product === undefined) continue;
    const { name, annotations = {} } = neighbour.metadata;
    const release = annotations["meta.helm.sh/release-name"];
    const owner =
      release === undefined
        ? "of no Helm release"
        : `of Helm release ${annotations["meta.helm.sh/release-namespace"]}/${release}`;
    return (
      `${neighbour.kind} ${name} is in context ${context} already, ${owner}: this stack brings ${product} itself and cannot ` +
      "use another's; remove that one with its definitions, or use another cluster."
    );
  }
  return undefined;
}

function productOf({ kind, metadata: { name } }: Neighbour): string | undefined {
  const brings =
    kind === "CustomResourceDefinition"
      ? Object.entries(definitionGroups).find(([, groups]) =>
          groups.some((group) => name.endsWith(`.${group}`)),
        )
      : Object.entries(webhooks).find(([, pattern]) => pattern.test(name));
  return products[brings?.[0] as keyof typeof products];
}

function missingApi({ missingApis, version }: Survey, { context }: Conditions): string | undefined {
  const [api] = missingApis;
  return (
    api &&
    `The API server of context ${context} (Kubernetes ${version}) does not serve ${api.resource} as ${api.version}: ${api.remedy}.`
  );
}

function missingClass(survey: Survey, { context, storageClasses }: Conditions): string | undefined {
  const { storageClasses: known } = survey;
  const missing = known && storageClasses.find((name) => !known.includes(name));
  if (missing === undefined) return undefined;
  const choice = known?.length ? `it has ${known.join(", ")}` : "it has none";
  return `There is no StorageClass ${missing} in context ${context} (setting cluster.storageClass): ${choice}.`;
}

function missingRight([right]: Right[], context: string): string | undefined {
  if (right === undefined) return undefined;
  const { verb, resource, subresource, name, namespace } = right;
  const object = [resource, subresource].filter((part) => part !== undefined).join("/");
  const where = namespace === undefined ? "" : ` in namespace ${namespace}`;
  return (
    `The account of context ${context} may not ${verb} ${object}${name === undefined ? "" : ` ${name}`}${where}: use another ` +
    "account, or let an administrator apply docs/deployer.yaml (again, if it is of an older version)."
  );
}
