import { authority } from "../../../support/outside.ts";
import type { JsonSchema } from "../../../support/settings-tree.ts";

const pem = `${authority}${authority}`;
const guid = "22222222-2222-4333-8444-555555555555";
const networks = ["172.17.0.0/24"];
const backups = { mode: "volume", storage: "2Gi" };
const restorable = { database: { backups } };
const moved = { redirects: { status: 301 } };
const kept = { vault: { mode: "install" } };
const ownMesh = { mesh: { mode: "install" } };
const sentinels = { mode: "sentinel", sentinels: [{ host: "s1.example.com" }], tls: false };
const traced = { observability: { tracing: { service: "collector" } } };

/** Another value of a setting than its default, where its form alone does not yield one that is valid. */
export const values: Record<string, unknown> = {
  "cluster.apiServer": networks,
  "cluster.apiServerPorts": [7443],
  "cluster.webhookCallers": networks,
  "cluster.dns.service": "kube-system/other-dns",
  "cluster.dns.peers": networks,
  "cluster.dns.ports": [7053],
  "pods.pullSecrets": ["pull"],
  "mesh.gateway.service.externalIPs": ["192.0.2.7"],
  "mesh.gateway.service.loadBalancerSourceRanges": networks,
  "mesh.gateway.service.httpNodePort": 30777,
  "mesh.gateway.service.httpsNodePort": 30778,
  "mesh.cniBinDir": "/srv/cni/bin",
  "mesh.trustDomain": "corp.example",
  "vault.seal.keyThreshold": 2,
  "vault.seal.pgpKeys": ["YQ==", "Yg==", "Yw==", "ZA==", "ZQ=="],
  "vault.seal.tenantId": guid,
  "vault.seal.clientId": guid,
  "vault.tls.renewBeforeDays": 77,
  "vault.audit.storage": "77Gi",
  "vault.audit.maxSize": "77Mi",
  "vault.audit.keep": 3,
  "vault.authority": pem,
  "externalSecrets.refreshInterval": "7m",
  "database.backups.authority.pem": pem,
  "database.backups.identity.account": "otherlinks",
  "database.backups.networks": networks,
  "database.networks": networks,
  "database.postgresVersion": 16,
  "database.name": "other_links",
  "database.user": "other_user",
  "database.tls.authority.pem": pem,
  "redis.networks": networks,
  "redis.servers.host": "other.example.com",
  "redis.servers.sentinels": [{ host: "s1.example.com" }, { host: "s2.example.com" }],
  "redis.servers.nodes": [{ host: "r1.example.com" }, { host: "r3.example.com" }],
  "shlink.workerMemory": "97Mi",
  "shlink.timezone": "Europe/Vienna",
  "shlink.tracking.exceptFrom": ["192.0.2.0/24"],
  "shlink.robots.userAgents": ["a"],
  "shlink.cors.origins": ["https://a.example.com"],
  "shlink.matomo.url": "https://other.example.com",
  "shlink.realTimeUpdates.topics": ["NEW_VISIT"],
  "routing.hosts": ["s.example.com", "t.example.com"],
  "routing.tls.proxies": networks,
  "routing.tls.renewBeforeDays": 77,
  "routing.apiClients": networks,
  "webClient.clients": networks,
  "webClient.host": "other.example.com",
  "webClient.login.issuer": "https://other.example.com",
  "webClient.login.keysUrl": "https://other.example.com/keys",
  admissionPolicies: true,
  "observability.labels": { release: "other" },
};

/** What else has to be said for a setting, and all below it, to be valid or to show. */
export const beside: Record<string, object> = {
  cluster: { ...kept, ...ownMesh, redis: undefined },
  charts: ownMesh,
  "tunnels.vault": kept,
  routing: ownMesh,
  webClient: ownMesh,
  observability: ownMesh,
  externalSecrets: kept,
  redisOperator: { redis: undefined },
  "charts.digests": { charts: { mirror: "oci://registry.example.com/charts" } },
  "database.backups.encrypted": { database: { backups: { credentialsSecret: "keys" } } },
  "database.restore": restorable,
  "shlink.redirects.cacheSeconds": { shlink: moved },
  "shlink.redirects.cacheVisibility": { shlink: moved },
  "shlink.cors.credentials": { shlink: { cors: { origins: ["https://a.example.com"] } } },
  "shlink.qrCodes.logoUrl": { shlink: { resolveTitles: true } },
  "redis.user": { redis: { servers: sentinels } },
  "routing.tls": { routing: { trustedProxies: 1 } },
  "observability.tracing.port": traced,
  "observability.tracing.samplingPercentage": traced,
  "observability.prober.module": {
    observability: { prober: { address: "prober.watch.svc:9115" } },
  },
};

/** What no rendered stack shows, and the test that does. */
export const elsewhere: Record<string, string> = {
  "rotation.database": "test/operate/due.test.ts",
  "rotation.redis": "test/operate/due.test.ts",
  "rotation.apiKey": "test/operate/due.test.ts",
  "rotation.certificates": "test/operate/due.test.ts",
  "database.connections": "test/settings/outside-database.test.ts",
  "redis.servers.tls redis.mode=outside redis.servers.mode=sentinel":
    "test/settings/outside-redis.test.ts",
};

/** What only the checks before an `up` read. */
export const demanded = [
  "cluster.dns.service",
  "postgresOperator.namespace",
  "postgresOperator.pods",
];

/** Another value than the default, by the form of a setting. */
export function anotherValue(name: string, schema: JsonSchema): unknown {
  const { enum: choices, type, title, examples, minimum = 1, maximum = 1e6 } = schema;
  if (choices !== undefined) return choices.find((one) => one !== schema.default);
  if (type === "boolean") return schema.default !== true;
  if (type === "integer" || type === "number")
    return [7117, 457, 77, 7, 5, 4, 3, 2].find(
      (one) => one >= minimum && one <= maximum && one !== schema.default,
    );
  const own = `other-${name.toLowerCase()}`;
  if (title === "quantity") return { cpu: "17m", memory: "177Mi" }[name] ?? "177Gi";
  if (title === "whole Mi or Gi") return "777Mi";
  if (title === "cron schedule") return "17 7 * * 3";
  if (title?.startsWith("DNS ") === true) return own;
  return examples?.[0] ?? own;
}
