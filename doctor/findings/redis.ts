import { finding } from "../finding.ts";
import { masterName } from "../../components/redis/names.ts";
import { workloads } from "../../platform/workloads.ts";
import { bringBack } from "../mend.ts";
import type { Service } from "../facts.ts";
import { isReady, isService, podsOf, variableOf } from "../readings.ts";

const pods = "kubectl -n redis get pods -L redisfailovers-role";
const operatorLog = "kubectl -n redis-operator logs deployment/redis-operator --tail=20";
/** The operator's label for what a server is. */
const roleLabel = "redisfailovers-role";

export const redisUnavailable = finding({
  id: "redis-unavailable",
  link: "redis",
  about: "redis",
  severity: "broken",
  title: "No Redis server answers",
  meaning: "No pod of Redis is ready.",
  consequence: "No short link works: each redirect reads Redis nine times and waits for it.",
  fix: "The servers hold nothing that is needed: scale or delete their pods, and the operator brings them back. Redirects are back within seconds of the first server.",
  mend: ["kubectl -n redis scale --replicas=REPLICAS statefulset/rfr-shlink-redis"],
  look: [pods, "kubectl -n redis get statefulsets,deployments", operatorLog],
  needs: ["pods"],
  find: ({ pods: all }) => {
    const servers = podsOf(all, "redis");
    return servers.some(isReady) ? [] : [{ text: `${servers.length} Redis servers, none ready` }];
  },
});

export const redisWithoutMaster = finding({
  id: "redis-without-master",
  link: "redis",
  about: "redis",
  severity: "broken",
  title: "Redis has no master",
  meaning: "Redis servers run, and none or several call themselves master.",
  consequence: "Shlink gets no lock and no cache: redirects wait, and new pods do not start.",
  fix: "The sentinels settle it in seconds, the operator in a minute. If they do not, restart the operator, then delete the pod that is not the master which the sentinels name.",
  mend: ["kubectl -n redis-operator rollout restart deployment/redis-operator"],
  look: [pods, operatorLog],
  needs: ["pods"],
  find: ({ pods: all }) => {
    const ready = podsOf(all, "redis").filter(isReady);
    const masters = ready.filter(({ metadata }) => metadata.labels?.[roleLabel] === "master");
    return ready.length === 0 || masters.length === 1
      ? []
      : [{ text: `${ready.length} servers are ready, ${masters.length} of them master` }];
  },
});

export const sentinelMasterUnknown = finding({
  id: "sentinel-master-unknown",
  link: "redis",
  about: "redis",
  severity: "broken",
  title: "The sentinels know no master",
  meaning:
    "A sentinel, asked for the master by the name that Shlink uses, knows none, or names an address that no Redis pod has.",
  consequence: "Shlink finds no Redis server: redirects wait, and new pods do not start.",
  fix: "Restart the sentinels: the operator tells them the master anew.",
  mend: ["kubectl -n redis rollout restart deployment/rfs-shlink-redis"],
  look: [
    pods,
    `kubectl -n redis exec deployment/rfs-shlink-redis -c sentinel -- redis-cli -p ${workloads.sentinel.ports.sentinel} sentinel masters`,
  ],
  needs: ["sentinel", "pods"],
  find: ({ sentinel: { master }, pods: all }) => {
    if (master === undefined) return [{ text: `a sentinel knows no master ${masterName}` }];
    const there = podsOf(all, "redis").some(({ status }) => status?.podIP === master);
    return there ? [] : [{ text: `a sentinel names ${master}, which no Redis pod has` }];
  },
});

export const redisSentinelMissing = finding({
  id: "redis-sentinel-missing",
  link: "redis",
  about: "redis",
  severity: "warning",
  title: "Sentinels are missing",
  meaning: "Fewer sentinels are ready than the RedisFailover asks for.",
  consequence:
    "With fewer than a majority no failover comes about; with none Shlink finds no master.",
  fix: "The operator makes them again; the pods' events say what keeps them from starting.",
  mend: ["kubectl -n redis scale --replicas=REPLICAS deployment/rfs-shlink-redis"],
  look: [pods, operatorLog],
  needs: ["redisFailovers", "pods"],
  find: ({ redisFailovers, pods: all }) =>
    redisFailovers.flatMap(({ spec }) => {
      const wanted = spec?.sentinel?.replicas ?? 3;
      const ready = podsOf(all, "sentinel").filter(isReady).length;
      return ready < wanted ? [{ text: `${ready} of ${wanted} sentinels are ready` }] : [];
    }),
});

export const redisReplicaMissing = finding({
  id: "redis-replica-missing",
  link: "redis",
  about: "redis",
  severity: "warning",
  title: "A Redis server is missing",
  meaning: "Fewer Redis servers are ready than the RedisFailover asks for, while others run.",
  consequence: "If the master is lost, there may be no replica to take its place.",
  fix: "The operator makes it again; what the pod's events name keeps it from starting.",
  mend: ["kubectl -n redis scale --replicas=REPLICAS statefulset/rfr-shlink-redis"],
  look: [pods, operatorLog],
  needs: ["redisFailovers", "pods"],
  find: ({ redisFailovers, pods: all }) =>
    redisFailovers.flatMap(({ spec }) => {
      const wanted = spec?.redis?.replicas ?? 3;
      const ready = podsOf(all, "redis").filter(isReady).length;
      return ready > 0 && ready < wanted
        ? [{ text: `${ready} of ${wanted} Redis servers are ready` }]
        : [];
    }),
});

/** The hosts of addresses that are no Service of the cluster. */
function lostHosts(addresses: string[], services: Service[]): string[] {
  const hosts = new Set(addresses.map((one) => one.replace(/^\w+:\/\//, "").replace(/:\d+$/, "")));
  return [...hosts].filter((host) => !isService(host, services));
}

export const sentinelListShort = finding({
  id: "sentinel-list-short",
  link: "redis",
  about: "redis",
  severity: "broken",
  title: "Shlink's list of sentinels is too short",
  meaning:
    "REDIS_SERVERS has a single address, with which Shlink takes a sentinel for a plain Redis server, or names no Service; or REDIS_SENTINEL_SERVICE is not the operator's name for the master.",
  consequence: "Shlink fails at its first lock, or writes to what is no server.",
  fix: "pulumi up --refresh --run-program writes the Deployment's environment again: three entries and the name mymaster.",
  mend: bringBack,
  look: [
    "kubectl -n shlink get deployment shlink -o jsonpath='{.spec.template.spec.containers[0].env}'",
  ],
  needs: ["deployments", "services"],
  find: ({ deployments, services }) =>
    deployments
      .filter(({ metadata: { namespace, name } }) => namespace === "shlink" && name === "shlink")
      .flatMap((deployment) => {
        const servers = variableOf(deployment, "REDIS_SERVERS")?.split(",") ?? [];
        const service = variableOf(deployment, "REDIS_SENTINEL_SERVICE");
        return [
          ...(servers.length < 2
            ? [{ text: `REDIS_SERVERS of Deployment shlink/shlink has ${servers.length} entries` }]
            : []),
          ...lostHosts(servers, services).map((host) => ({
            text: `REDIS_SERVERS names ${host}, which is no Service`,
          })),
          ...(service === masterName
            ? []
            : [
                {
                  text: `REDIS_SENTINEL_SERVICE is ${service ?? "not set"}, the master's name ${masterName}`,
                },
              ]),
        ];
      }),
});
