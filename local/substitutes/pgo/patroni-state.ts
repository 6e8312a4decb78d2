import { isDeepStrictEqual } from "node:util";
import type { Context } from "./context.ts";
import { clusterNames } from "./names.ts";
import { dynamicSettings } from "./patroni.ts";

/** Learns from Patroni's own Endpoints that there is a database, and tells Patroni there what has changed. */
export async function reconcilePatroni({ kube, cluster, status }: Context): Promise<void> {
  const { name, namespace } = cluster.metadata;
  const { leaderConfig } = clusterNames(name);
  const endpoints = await kube.get("Endpoints", namespace, leaderConfig);
  const { initialize = "", config = "" } = endpoints?.metadata.annotations ?? {};
  if (endpoints === null || initialize === "") return;
  status.patroni = { systemIdentifier: initialize };
  const wanted = JSON.stringify(dynamicSettings(cluster));
  const known = config === "" ? undefined : (JSON.parse(config) as unknown);
  if (isDeepStrictEqual(known, JSON.parse(wanted))) return;
  await kube.merge("Endpoints", endpoints.metadata, {
    metadata: { annotations: { config: wanted } },
  });
}
