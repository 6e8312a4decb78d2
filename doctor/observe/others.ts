import { othersOf, type Others } from "../../platform/others.ts";
import { workloads } from "../../platform/workloads.ts";
import type { Settings } from "../../settings/index.ts";
import type { Facts, Seen } from "../facts.ts";
import { nameOf, variableOf } from "../readings.ts";
import { seen, unseen } from "./access.ts";

/** What the stack leaves to others: the stack file says it, or else whom Shlink's own environment names. */
export function othersSeen(
  settings: Settings | undefined,
  deployments: Seen<Facts["deployments"]> = unseen("no deployments were read"),
): Seen<Others> {
  if (settings !== undefined) return seen(othersOf(settings));
  return deployments.known ? seen(othersOf(named(deployments.value))) : deployments;
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
    // Addresses with a password in them are in a file: then it has no sentinels, which the stack's own has.
    redis: modeOf(
      variable("REDIS_SERVERS") ?? variable("REDIS_SERVERS_FILE"),
      workloads.redis.namespace,
    ),
  };
}
