import { type Flow, flowsFor } from "../platform/flows.ts";
import type { Surroundings } from "../platform/surroundings.ts";
import { isOutside } from "../platform/stores.ts";
import { workloads } from "../platform/workloads.ts";
import {
  addonsArgs,
  installed,
  observabilityArgs,
  scrapedFrom,
  storeThresholds,
  tracingArgs,
} from "../components/observability/arguments.ts";
import { addonAddresses } from "../components/observability/addons/settings.ts";
import { backupPlaces, databaseStores } from "../components/database/store.ts";
import { demandsOf } from "./demands.ts";
import { absentNamespaces, elsewhere, gatewayOf, unwatched } from "./parts.ts";
import { redisStore } from "../components/redis/store.ts";
import { operatorAccount } from "../components/external-secrets/rights.ts";
import type { ExistingVault } from "../components/vault/existing.ts";
import { apiKey } from "../components/shlink/names.ts";
import { outsideServices } from "../components/shlink/services.ts";
import { keysOf, pageHosts, pageOf } from "../components/web-client/settings.ts";
import { sealPorts } from "../components/vault/seal.ts";
import type { Settings } from "../settings/index.ts";

export type Stack = ReturnType<typeof stackOf>;

/**
 * What a stack consists of, as its settings say: namespaces, charts, connections, and what each component needs to
 * know of the settings of others. Pure, so that every combination is tested without an engine.
 */
export function stackOf(settings: Settings) {
  const { cluster, charts, observability, routing } = settings;
  const { storageClass } = cluster;
  const surroundings = surroundingsOf(cluster);
  const shared = {
    charts,
    storageClass,
    protect: settings.protectData,
    metrics: observability.mode !== "none",
    refreshInterval: settings.externalSecrets.refreshInterval,
  };
  return {
    demands: demandsOf(settings, { surroundings, snapshots: snapshotsOf(settings) }),
    namespaces: {
      cni: settings.mesh.cni,
      protect: settings.protectData,
      revision: settings.mesh.mode === "existing" ? settings.mesh.revision : undefined,
      others: absentNamespaces(settings),
    },
    network: { flows: flowsOf(settings), surroundings },
    mesh: { own: meshOf(settings, shared), gateway: gatewayOf(settings) },
    /** Whether this program signs a certificate itself. */
    ownAuthority: [vaultTls(settings.vault), routing.tls].some(({ mode }) => mode === "internal"),
    vault: vaultOf(settings, shared),
    externalSecrets: externalSecretsOf(settings),
    database: { ...settings.database, ...shared, localPort: settings.tunnels.postgres },
    redis: { ...settings.redis, ...shared, mutatingAdmission: cluster.mutatingAdmission },
    shlink: shlinkOf(settings, shared),
    routing: {
      ...routing,
      ...trafficOf(settings),
      ...hostsOf(settings),
      gatewayLabels: gatewayOf(settings).labels,
    },
    webClient: webClientOf(settings),
    pods: podsOf(settings),
    addons: addonsOf(settings),
    observability: observabilityArgs(settings, unwatched(settings)),
    outputs: outputsOf(settings),
  };
}

/** This program's own, one that is there, or none. */
function vaultOf<Shared>(settings: Settings, shared: Shared) {
  const { vault, tunnels } = settings;
  return {
    own: vault.mode === "install" ? { ...vault, ...shared, localPort: tunnels.vault } : undefined,
    existing: vault.mode === "existing" ? vault : undefined,
    snapshots: snapshotsOf(settings),
  };
}

const vaultTls = (vault: Settings["vault"]) => (vault.mode === "install" ? vault.tls : vault);

function surroundingsOf({ dns, ...cluster }: Settings["cluster"]): Surroundings {
  return {
    policies: cluster.networkPolicies,
    dns,
    apiServer: { peers: cluster.apiServer, ports: cluster.apiServerPorts },
    webhookCallers: cluster.webhookCallers ?? cluster.apiServer,
  };
}

function flowsOf(settings: Settings): Flow[] {
  const { cluster, mesh, shlink, database, observability, vault, routing } = settings;
  const ours = database.mode === "outside" ? undefined : database;
  return flowsFor({
    apiServerPorts: cluster.apiServerPorts,
    cni: mesh.cni,
    resolveTitles: shlink.resolveTitles,
    services: outsideServices(shlink),
    apiKeys: shlink.apiKeys !== undefined,
    webClient: settings.webClient.mode !== "none",
    pageKeys: keysOf(settings),
    stores: storesOf(settings),
    accountStore: databaseStores(database)?.account,
    pooled: ours !== undefined && ours.pgBouncer.mode !== "none",
    backupPlaces: ours === undefined ? [] : backupPlaces(ours.backups),
    scrapedFrom: scrapedFrom(observability),
    collector: tracingArgs(observability).tracing,
    sealPorts: vault.mode === "install" ? sealPorts(vault.seal) : [],
    snapshots: snapshotsOf(settings) !== undefined,
    vault: vault.mode === "existing" ? addressOf(vault) : undefined,
    http01: routing.tls.mode === "certManager" && routing.tls.http01,
    elsewhere: elsewhere(settings),
  });
}

function addressOf({ address }: ExistingVault) {
  const { hostname: host, port } = new URL(address);
  return { host, port: port === "" ? 443 : Number(port) };
}

/** The database and the Redis that others run, as Shlink reaches them. */
const storesOf = ({ database, redis }: Settings) =>
  [databaseStores(database)?.shlink, redisStore(redis)].filter((store) => store !== undefined);

/** Absent: no snapshots are taken. */
function snapshotsOf({ vault, cluster, protectData: protect }: Settings) {
  if (vault.mode !== "install" || vault.snapshots.mode === "none") return undefined;
  const { snapshots } = vault;
  return { ...snapshots, protect, storageClass: snapshots.storageClass ?? cluster.storageClass };
}

function publicAddress({ routing }: Settings) {
  const [defaultDomain = ""] = routing.hosts;
  return { defaultDomain, https: routing.tls.mode !== "plaintext" };
}

/** Absent: the cluster has it already. */
function meshOf<Shared>({ mesh, observability, routing }: Settings, shared: Shared) {
  if (mesh.mode === "existing") return undefined;
  const { tracing } = tracingArgs(observability);
  return { ...mesh, ...shared, tracing, trustedProxies: routing.trustedProxies };
}

const externalSecretsOf = ({ externalSecrets, vault, charts }: Settings) => ({
  account: operatorAccount(externalSecrets),
  /** Absent: the cluster has it already, or there is no Vault to copy from. */
  own:
    externalSecrets.mode === "existing" || vault.mode === "none"
      ? undefined
      : { ...externalSecrets, charts },
});

const podsOf = (settings: Settings) => ({
  pods: settings.pods,
  jaeger: installed(settings.observability).includes("jaeger"),
  others: absentNamespaces(settings),
});

/** The gateway serves the page's host beside those of the links. */
const hostsOf = (settings: Settings) => ({
  hosts: [...settings.routing.hosts, ...pageHosts(settings)],
  linkHosts: settings.routing.hosts,
});

/** Where there is a page, only it and the origins that the settings name may call the API from a browser. */
function shlinkOf<Shared>(settings: Settings, shared: Shared) {
  const { shlink } = settings;
  const { https } = publicAddress(settings);
  const page = pageHosts(settings).map((host) => `${https ? "https" : "http"}://${host}`);
  const origins = [...new Set([...(shlink.cors.origins ?? []), ...page])];
  const cors = origins.length === 0 ? shlink.cors : { ...shlink.cors, origins };
  return { ...shlink, cors, ...shared, ...publicAddress(settings) };
}

/** Absent: there is no page. */
function webClientOf(settings: Settings) {
  const page = pageOf(settings);
  if (page === undefined) return undefined;
  const { url } = outputsOf(settings);
  const { tracing } = tracingArgs(settings.observability);
  return {
    ...page,
    servers: page.servers ?? [{ name: "Shlink", url }],
    https: publicAddress(settings).https,
    calls: tracing === undefined ? [] : [tracing.namespace],
  };
}

/** Whom Shlink calls, and how many of it share the calls of others. */
function trafficOf(settings: Settings) {
  const { shlink, observability, database, redis } = settings;
  const { tracing } = tracingArgs(observability);
  const servers = [
    ...(isOutside(database) ? [] : [workloads.postgres.namespace]),
    ...(isOutside(redis) ? [] : [workloads.redis.namespace]),
  ];
  return {
    replicas: shlink.replicas,
    basePath: shlink.basePath ?? "",
    services: outsideServices(shlink),
    stores: storesOf(settings),
    callsAnyHost: shlink.resolveTitles,
    calls: [...servers, ...(tracing === undefined ? [] : [tracing.namespace])],
  };
}

/** Absent: none of the addons comes as a chart. */
function addonsOf(settings: Settings) {
  const { observability, charts, cluster } = settings;
  const addons = addonsArgs(observability);
  if (addons === undefined) return undefined;
  const shared = { charts, storageClass: cluster.storageClass };
  const surroundings = surroundingsOf(cluster);
  const others = unwatched(settings);
  return { ...addons, ...storeThresholds(settings), ...shared, surroundings, others };
}

function outputsOf(settings: Settings) {
  const { observability } = settings;
  const { https, defaultDomain } = publicAddress(settings);
  return {
    url: `${https ? "https" : "http"}://${defaultDomain}${settings.shlink.basePath ?? ""}`,
    apiKey: { namespace: workloads.shlink.namespace, ...apiKey },
    addons: observability.mode === "none" ? {} : addonAddresses(observability.addons),
  };
}
