import { absentNamespaces, absentServers, needlessNamespaces } from "../../stack/parts.ts";
import { workloads } from "../../platform/workloads.ts";
import type { Settings } from "../../settings/index.ts";
import type { Deployment, Facts, Seen } from "../facts.ts";
import { nameOf, variableOf } from "../readings.ts";
import { seen } from "./access.ts";
import type { Lists } from "./lists.ts";

type Read = Partial<Pick<Lists, "deployments" | "postgresClusters" | "redisFailovers">>;

/**
 * What is not the stack's: by the stack file, or by whom Shlink's own environment names. A server that is there is the
 * stack's all the same: somebody may have changed the address.
 */
export function leftToOthers(
  settings: Settings | undefined,
  { deployments, postgresClusters, redisFailovers }: Read,
): Pick<Facts, "others" | "outside"> {
  if (settings !== undefined)
    return { others: absentNamespaces(settings), outside: absentServers(settings) };
  const named = storesNamed(listed(deployments));
  const own = { mode: "own" };
  const stores = {
    database: listed(postgresClusters).length > 0 ? own : named.database,
    redis: listed(redisFailovers).length > 0 ? own : named.redis,
  };
  return { others: needlessNamespaces(stores), outside: absentServers(stores) };
}

const listed = <T>(list: Seen<T[]> | undefined): T[] => (list?.known === true ? list.value : []);

/** The empty lists of what the stack does without: the cluster need not even know their kinds. */
export const noneOf = (
  { outside }: Pick<Facts, "outside">,
  settings: Settings | undefined,
): Partial<Lists> => ({
  ...(settings?.vault.mode === "none" ? { secretStores: seen([]), externalSecrets: seen([]) } : {}),
  ...(outside.includes("postgres") ? { postgresClusters: seen([]) } : {}),
  ...(outside.includes("redis") ? { redisFailovers: seen([]) } : {}),
});

/** What no variable names is taken for the stack's own. */
function storesNamed(deployments: Deployment[]) {
  const shlink = deployments.find((one) => nameOf(one) === "shlink/shlink");
  const variable = (name: string) => (shlink === undefined ? undefined : variableOf(shlink, name));
  const modeOf = (address: string | undefined, namespace: string) => ({
    mode: address?.includes(`.${namespace}.svc`) === false ? "outside" : "own",
  });
  return {
    database: modeOf(variable("DB_HOST"), workloads.postgres.namespace),
    // The stack's own has sentinels. Addresses with a password in them are in a file, which has another name.
    redis: modeOf(
      variable("REDIS_SERVERS") ?? variable("REDIS_SERVERS_FILE"),
      workloads.redis.namespace,
    ),
  };
}
