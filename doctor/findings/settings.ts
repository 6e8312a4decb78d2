import { pageHosts } from "../../components/web-client/settings.ts";
import type { Settings } from "../../settings/index.ts";
import type { Facts } from "../facts.ts";
import { finding } from "../finding.ts";
import { bringBack } from "../mend.ts";
import { nameOf } from "../readings.ts";

type Compared = Pick<
  Facts,
  | "deployments"
  | "statefulSets"
  | "postgresClusters"
  | "redisFailovers"
  | "gateways"
  | "cronJobs"
  | "settings"
>;

type Value = string | number | undefined;

/** One setting with what the cluster has in its place. */
interface Pair {
  setting: string;
  wanted: Value;
  actual: Value;
}

const replicasOf = (list: Facts["deployments"], name: string) =>
  list.find((one) => nameOf(one) === name)?.spec?.replicas;

function pairs({ settings, ...facts }: Compared): Pair[] {
  const { deployments, gateways } = facts;
  const [cluster] = facts.postgresClusters;
  const [failover] = facts.redisFailovers;
  const served = [...settings.routing.hosts, ...pageHosts(settings)].sort();
  const hosts = new Set(
    gateways.flatMap(({ spec }) => (spec?.servers ?? []).flatMap((server) => server.hosts ?? [])),
  );
  const database = settings.database.mode === "outside" ? undefined : settings.database;
  const redis = settings.redis.mode === "outside" ? undefined : settings.redis;
  const of = (setting: string, wanted: Value, actual: Value) => ({ setting, wanted, actual });
  return [
    of("shlink.replicas", settings.shlink.replicas, shlinkReplicas(settings, deployments)),
    ...ofVault(settings.vault, facts),
    of("database.postgresVersion", database?.postgresVersion, cluster?.spec?.postgresVersion),
    of("database.instances", database?.instances, cluster?.spec?.instances?.[0]?.replicas),
    of("redis.replicas", redis?.replicas, failover?.spec?.redis?.replicas),
    of("redis.sentinels", redis?.sentinels, failover?.spec?.sentinel?.replicas),
    of("routing.hosts", served.join(), [...hosts].sort().join()),
    of("routing.tls.mode", settings.routing.tls.mode, servedTls(settings, gateways)),
  ];
}

/** How many pods Shlink has; a number that its autoscaler may choose counts as the one that is wanted. */
function shlinkReplicas({ shlink }: Settings, deployments: Facts["deployments"]): Value {
  const { replicas, autoscaling } = shlink;
  const actual = replicasOf(deployments, "shlink/shlink");
  const most = autoscaling.mode === "none" ? replicas : autoscaling.maximum;
  return actual !== undefined && actual >= replicas && actual <= most ? replicas : actual;
}

/** Nothing of a Vault that is somebody else's. */
function ofVault(
  vault: Settings["vault"],
  { statefulSets, cronJobs }: Pick<Facts, "statefulSets" | "cronJobs">,
): Pair[] {
  if (vault.mode !== "install") return [];
  const { replicas, snapshots } = vault;
  return [
    {
      setting: "vault.replicas",
      wanted: replicas,
      actual: replicasOf(statefulSets, "vault/vault"),
    },
    {
      setting: "vault.snapshots.schedule",
      wanted: snapshots.mode === "none" ? undefined : snapshots.schedule,
      actual: cronJobs.find((one) => nameOf(one) === "vault/vault-snapshot")?.spec?.schedule,
    },
  ];
}

/** The Gateway shows whether there is a certificate, and not where it comes from. */
function servedTls({ routing: { tls } }: Settings, gateways: Facts["gateways"]): string {
  if (!gateways.some(hasTls)) return "plaintext";
  return tls.mode === "plaintext" ? "a certificate" : tls.mode;
}

const hasTls = ({ spec }: Facts["gateways"][number]) =>
  (spec?.servers ?? []).some(({ tls }) => tls?.credentialName !== undefined);

const shown = (value: Value) => (value === undefined ? "nothing" : String(value));

export const settingsDrift = finding({
  id: "settings-drift",
  link: "upkeep",
  severity: "warning",
  title: "The cluster is not as the stack file says",
  meaning:
    "A value in the cluster was changed past the program, or the stack file was changed and not yet applied.",
  consequence: "The next pulumi up changes it back, or changes it for the first time.",
  fix: "Look at what pulumi preview --refresh --run-program shows, then apply it, or write into the stack file what the cluster has.",
  mend: bringBack,
  look: ["kubectl get deployments,statefulsets -A"],
  needs: [
    "deployments",
    "statefulSets",
    "postgresClusters",
    "redisFailovers",
    "gateways",
    "cronJobs",
    "settings",
  ],
  find: (facts) =>
    pairs(facts)
      .filter(({ wanted, actual }) => wanted !== actual)
      .map(({ setting, wanted, actual }) => ({
        text: `${setting} is ${shown(wanted)}, the cluster has ${shown(actual)}`,
      })),
});
