/** Shlink's own traps: settings that it accepts in silence and that do something else. */

import { check } from "../engine/policy.ts";
import { containers, literalEnv, podTemplates } from "../engine/podspecs.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { Cursor } from "../engine/cursor.ts";

const IMAGE = /(^|\/)shlinkio\/shlink([:@]|$)/;
const SECRETS = [
  "DB_PASSWORD",
  "REDIS_SERVERS_PASSWORD",
  "INITIAL_API_KEY",
  "RABBITMQ_PASSWORD",
  "GEOLITE_LICENSE_KEY",
  "MATOMO_API_TOKEN",
  "MERCURE_JWT_SECRET",
];

export const shlinkSettings: Policy = {
  name: "shlink-settings",
  title: "Shlink is set up as it reads",
  description:
    "Shlink's environment does what it seems to: https links, real visitors, Sentinel, secrets as files, one migration.",
  severity: "high",
  tags: ["shlink"],
  checks: {
    P01: check(
      "links are made without https",
      "Everybody who clicks them sends the first request readable.",
      "Set the stack's routing TLS setting.",
      "mandatory",
      "off",
    ),
    P02: check(
      "the default domain is missing or no public name",
      "Links are printed with a name that leads nowhere.",
      "Put the public name first in the stack's routing.hosts.",
      "mandatory",
      "off",
    ),
    P03: check(
      "the secret is a variable instead of a file",
      "Variables show up in crash reports and in the pod's description.",
      "Use the variable with _FILE and mount the Secret.",
    ),
    P04: check(
      "TRUSTED_PROXIES is missing",
      "Shlink then takes the sidecar for the visitor, and every visit has the same address.",
      "Set it to the number of proxies in front, the sidecar included.",
    ),
    P05: check(
      "Sentinel mode is off because REDIS_SERVERS holds one address",
      "Shlink silently treats the sentinel as a plain Redis.",
      "List the sentinels' address several times; the environment component does.",
    ),
    P06: check(
      "the memory limit of PHP workers is left at 512 MiB each",
      "One worker for each CPU of the node does not fit into the pod.",
      "Set WEB_WORKER_NUM, TASK_WORKER_NUM and MEMORY_LIMIT from the pod's limit.",
      "advisory",
    ),
    P07: check(
      "the database is a file in the container",
      "Every restart loses every link.",
      "Set DB_DRIVER to postgres.",
    ),
  },
  checkResource(resource, judge) {
    for (const { spec } of podTemplates(resource)) {
      for (const container of containers(spec)) {
        if (IMAGE.test(container.get("image").text())) shlink(container, judge);
      }
    }
  },
};

function shlink(container: Cursor, judge: Judge) {
  const given = new Map(literalEnv(container).map(({ name, value }) => [name, value]));
  const env = container.get("env");
  const variable = (name: string) => given.get(name) ?? env.get(name);
  judge.when("P01", variable("IS_HTTPS_ENABLED"), (node) => node.absent || node.isFalse());
  judge.when("P02", variable("DEFAULT_DOMAIN"), (node) =>
    /^$|^localhost|\*|\.local$/.test(node.text()),
  );
  for (const name of SECRETS) {
    const set = env.items().find((entry) => entry.get("name").text() === name);
    if (set !== undefined) judge.report("P03", set.get("name"));
  }
  judge.when("P04", variable("TRUSTED_PROXIES"), (node) => node.absent);
  if (given.has("REDIS_SENTINEL_SERVICE")) {
    judge.when("P05", variable("REDIS_SERVERS"), (node) => !node.text().includes(","));
  }
  judge.when("P06", variable("MEMORY_LIMIT"), (node) => node.absent);
  judge.when("P07", variable("DB_DRIVER"), (node) => node.absent || node.text() === "sqlite");
}
