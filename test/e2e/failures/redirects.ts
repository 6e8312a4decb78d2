import { authFile } from "../../../components/redis/names.ts";
import { authFolder } from "../../../components/redis/redaction.ts";
import { charts } from "../../../platform/charts.ts";
import { workloads } from "../../../platform/workloads.ts";
import { blocksOf } from "../../docs/support/runbooks.ts";
import { execute, type Item, list } from "../platform.ts";
import {
  all,
  bringBack,
  create,
  deployment,
  edit,
  editVariable,
  type Fault,
  inNamespace,
  nothing,
  patch,
  reinstall,
  remove,
  runbook,
  scale,
} from "./fault.ts";
import { hang } from "./node.ts";
import { task } from "./task.ts";

const istio = (resource: string) => inNamespace("apis/networking.istio.io/v1", "shlink", resource);
const security = (resource: string) => inNamespace("apis/security.istio.io/v1", "shlink", resource);
const gateway = `${istio("gateways")}/shlink-gateway`;
const destination = `${istio("destinationrules")}/shlink-destination`;
const virtual = `${istio("virtualservices")}/shlink-virtualservice`;
const service = `${inNamespace("api/v1", "shlink", "services")}/shlink`;
const jobs = inNamespace("apis/batch/v1", "shlink", "jobs");
const shlink = deployment("shlink", "shlink");
const namespace = "/api/v1/namespaces/shlink";
/** The key of the lock in Redis for which the first step of Shlink's start waits. */
const lock = "shlink:db:create";

interface Routed {
  spec: { http: { route: { destination: { port: { number: number } } }[]; fault?: object }[] };
}

const redisPods = () => list(inNamespace("api/v1", "redis", "pods"));

/** Makes every sentinel forget the master. */
async function forget(): Promise<void> {
  const pods = (await redisPods()).filter(({ metadata }) => metadata.name.startsWith("rfs-"));
  for (const { metadata } of pods) {
    const where = { namespace: "redis", pod: metadata.name, container: "sentinel" };
    await execute(where, ["redis-cli", "-p", "26379", "sentinel", "remove", "mymaster"]);
  }
}

async function master(): Promise<Item> {
  const isMaster = ({ metadata }: Item) => metadata.labels?.["redisfailovers-role"] === "master";
  const found = (await redisPods()).find(isMaster);
  if (found === undefined) throw new Error("Redis has no master");
  return found;
}

/** Takes the operator's label from the master. */
async function unlabel(): Promise<void> {
  const path = `${inNamespace("api/v1", "redis", "pods")}/${(await master()).metadata.name}`;
  await patch(path, { metadata: { labels: { "redisfailovers-role": null } } })();
}

const migration = { name: "fault", labels: workloads["shlink-migration"].labels };
const servers = `${inNamespace("apis/apps/v1", "redis", "statefulsets")}/rfr-shlink-redis`;

/** Has somebody else hold the lock of the migration for so many seconds, as a pod does that was killed meanwhile. */
const hold = (seconds: number) => async () => {
  const { metadata } = await master();
  const where = { namespace: "redis", pod: metadata.name, container: "redis" };
  const login = `REDISCLI_AUTH=$(sed -n 's/^requirepass //p' ${authFolder}/${authFile})`;
  const set = `${login} redis-cli set ${lock} fault px ${seconds * 1000}`;
  const answer = await execute(where, ["sh", "-c", set]);
  if (answer !== "OK") throw new Error(`Redis does not take the lock: ${answer}`);
};

/** Stops every server where it is. */
async function hangServers(): Promise<void> {
  const pods = (await redisPods()).filter(({ metadata }) => metadata.name.startsWith("rfr-"));
  for (const { metadata } of pods) await hang("redis", metadata.name, "redis")();
}

/** The command of the runbook that deletes servers which hang. */
const deleteServers = blocksOf("docs/runbooks/redis-unavailable.md").find(({ text }) =>
  text.includes("delete pod"),
)!.text;

export const dataFaults: Fault[] = [
  {
    finding: "redis-unavailable",
    what: "servers that hang",
    says: /^2 Redis servers, none ready$/,
    inject: hangServers,
    mend: runbook(deleteServers),
  },
  {
    finding: "redis-without-master",
    what: "a master without its label",
    inject: unlabel,
    // The operator labels it again.
    mend: nothing,
  },
  {
    finding: "sentinel-master-unknown",
    what: "sentinels that forgot the master",
    inject: forget,
    mend: patch(deployment("redis", "rfs-shlink-redis"), {
      spec: { template: { metadata: { annotations: { restarted: "by-the-runbook" } } } },
    }),
  },
  {
    finding: "redis-sentinel-missing",
    what: "a sentinel less",
    inject: scale(deployment("redis", "rfs-shlink-redis"), 2),
    mend: scale(deployment("redis", "rfs-shlink-redis"), 3),
  },
  {
    finding: "redis-replica-missing",
    what: "a server less",
    inject: scale(servers, 1),
    mend: scale(servers, 2),
  },
  {
    finding: "sentinel-list-short",
    what: "one address in Shlink's list",
    inject: editVariable(shlink, "REDIS_SERVERS", (servers) => servers.split(",")[0] ?? ""),
    mend: bringBack,
  },
  {
    finding: "migration-locked",
    what: "a lock whose holder was killed, when a pod starts",
    // Of the ten minutes of the lock the last ones are left.
    inject: all(
      hold(210),
      remove(`${inNamespace("api/v1", "shlink", "pods")}?labelSelector=app%3Dshlink`),
    ),
    // The lock expires.
    mend: nothing,
  },
  {
    finding: "migration-failed",
    what: "a migration that fails",
    inject: create(jobs, task({ ...migration, script: "exit 1" })),
    mend: remove(`${jobs}/fault?propagationPolicy=Background`),
  },
  {
    finding: "shlink-replicas-unavailable",
    what: "a pod more that does not get ready",
    inject: all(hold(20), scale(shlink, 2)),
    mend: scale(shlink, 1),
  },
  {
    finding: "shlink-unavailable",
    what: "Shlink scaled to none",
    inject: scale(shlink, 0),
    mend: scale(shlink, 1),
  },
];

export const routingFaults: Fault[] = [
  {
    finding: "sidecar-missing",
    what: "a namespace without its label",
    inject: patch(namespace, { metadata: { labels: { "istio-injection": null } } }),
    mend: patch(namespace, { metadata: { labels: { "istio-injection": "enabled" } } }),
  },
  {
    finding: "mtls-mismatch",
    what: "a DestinationRule that turns mutual TLS off",
    inject: patch(destination, {
      spec: { trafficPolicy: { tls: { mode: "DISABLE" } } },
    }),
    mend: bringBack,
  },
  {
    finding: "mtls-not-strict",
    what: "pods that take calls in clear",
    inject: patch(`${security("peerauthentications")}/shlink-mtls`, {
      spec: { mtls: { mode: "PERMISSIVE" } },
    }),
    mend: bringBack,
  },
  {
    finding: "gateway-down",
    what: "the gateway scaled to none",
    inject: scale(deployment("istio-ingress", "istio-ingressgateway"), 0),
    mend: scale(deployment("istio-ingress", "istio-ingressgateway"), 1),
  },
  {
    finding: "gateway-service-wrong",
    what: "the gateway's Service deleted",
    inject: remove(
      `${inNamespace("api/v1", "istio-ingress", "services")}/${charts.istioGateway.release}`,
    ),
    mend: reinstall("istioGateway", "istio-ingress"),
  },
  {
    finding: "gateway-selector-wrong",
    what: "a Gateway for other pods",
    inject: patch(gateway, { spec: { selector: { istio: "no-such-gateway" } } }),
    mend: bringBack,
  },
  {
    finding: "gateway-host-wrong",
    what: "a Gateway for another host",
    inject: edit(gateway, ({ spec }: { spec: { servers: { hosts: string[] }[] } }) => {
      spec.servers[0]!.hosts = ["other.example"];
    }),
    mend: bringBack,
  },
  {
    finding: "gateway-credential-wrong",
    what: "a certificate that is not there",
    inject: edit(gateway, ({ spec }: { spec: { servers: object[] } }) => {
      Object.assign(spec.servers[0]!, {
        port: { number: 443, name: "https", protocol: "HTTPS" },
        tls: { mode: "SIMPLE", credentialName: "no-such-secret" },
      });
    }),
    mend: bringBack,
  },
  {
    finding: "virtual-service-unbound",
    what: "a VirtualService for a Gateway that is not there",
    inject: patch(virtual, { spec: { gateways: ["no-such-gateway"] } }),
    mend: bringBack,
  },
  {
    finding: "destination-missing",
    what: "a route to a port that the Service does not have",
    inject: edit(virtual, ({ spec }: Routed) => {
      for (const { route } of spec.http) route[0]!.destination.port.number = 8081;
    }),
    mend: bringBack,
  },
  {
    finding: "service-without-endpoints",
    what: "a Service that selects nothing",
    inject: patch(service, { spec: { selector: { app: "no-such-app" } } }),
    mend: bringBack,
  },
  {
    finding: "redirects-forbidden",
    what: "a policy that denies everything",
    inject: create(security("authorizationpolicies"), {
      apiVersion: "security.istio.io/v1",
      kind: "AuthorizationPolicy",
      metadata: { name: "fault" },
      spec: { action: "DENY", rules: [{}] },
    }),
    mend: remove(`${security("authorizationpolicies")}/fault`),
  },
  {
    finding: "redirect-fails",
    what: "a route that answers 503 by itself",
    inject: edit(virtual, ({ spec }: Routed) => {
      for (const http of spec.http)
        http.fault = { abort: { httpStatus: 503, percentage: { value: 100 } } };
    }),
    mend: all(remove(virtual), bringBack),
  },
  {
    finding: "edited-by-hand",
    what: "a field that the program leaves out",
    inject: patch(destination, { spec: { exportTo: ["*"] } }),
    mend: all(remove(destination), bringBack),
  },
];
