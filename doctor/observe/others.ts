import {
  absentNamespaces,
  absentServers,
  needlessNamespaces,
} from "../../components/demands/parts.ts";
import { workloads } from "../../platform/workloads.ts";
import type { Settings } from "../../settings/index.ts";
import type { Facts, Seen } from "../facts.ts";
import { nameOf, variableOf } from "../readings.ts";
import { seen } from "./access.ts";

/** What is not the stack's: by the stack file, or by whom Shlink's own environment names. */
export function othersSeen(
  settings: Settings | undefined,
  deployments: Seen<Facts["deployments"]> | undefined,
) {
  if (settings !== undefined)
    return { others: seen(absentNamespaces(settings)), outside: seen(absentServers(settings)) };
  const stores = named(deployments?.known === true ? deployments.value : []);
  return { others: seen(needlessNamespaces(stores)), outside: seen(absentServers(stores)) };
}

/** What no variable names is taken for the stack's own. */
function named(deployments: Facts["deployments"]) {
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
