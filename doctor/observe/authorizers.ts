import { workloads } from "../../platform/workloads.ts";
import type { Facts } from "../facts.ts";
import { nameOf, variableOf } from "../readings.ts";
import { type Access, attempt, refusal, seen, unseen } from "./access.ts";

const { namespace } = workloads.istiod;
const name = "istio";
/** The variable of istiod's that names another ConfigMap, which adds to the mesh's own. */
const more = "SHARED_MESH_CONFIG";

interface MeshConfig {
  extensionProviders?: ({ name?: string; [kind: string]: unknown } | null)[] | null;
}

/** The kinds of a provider that an AuthorizationPolicy may name; others get traces or logs. */
const kinds = ["envoyExtAuthzHttp", "envoyExtAuthzGrpc"];

/** The names of the external authorizers that the mesh knows: they are asked for only where a policy needs one. */
export const readAuthorizers = (
  { ask }: Access,
  { authorizationPolicies, deployments }: Pick<Facts, "authorizationPolicies" | "deployments">,
) =>
  attempt<string[]>(async () => {
    if (!authorizationPolicies.some(({ spec }) => spec?.action === "CUSTOM")) return seen([]);
    if (deployments.some((one) => nameOf(one) === `${namespace}/istiod` && variableOf(one, more)))
      return unseen(`istiod takes its configuration from another ConfigMap as well (${more})`);
    const { status, body } = await ask<{ data?: Record<string, string> }>(
      `/api/v1/namespaces/${namespace}/configmaps/${name}`,
    );
    if (status !== 200) return unseen(refusal(`get ConfigMap ${namespace}/${name}`, status));
    // Most clusters have no such policy, and are spared the time that it takes to load.
    const { parse } = await import("yaml");
    const config = parse(body.data?.["mesh"] ?? "") as MeshConfig | null;
    return seen(
      (config?.extensionProviders ?? []).flatMap((one) =>
        kinds.some((kind) => one?.[kind] !== undefined) ? (one?.name ?? []) : [],
      ),
    );
  });
