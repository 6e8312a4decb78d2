import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { loadSettings } from "./settings/index.ts";
import { AdmissionPolicies } from "./components/admission/index.ts";
import { Cache } from "./components/redis/index.ts";
import { serverCertificates } from "./components/authority/certificates.ts";
import { mirroredFiles, usedCharts } from "./platform/charts.ts";
import { kubernetes } from "./outside/cluster.ts";
import { Database } from "./components/database/index.ts";
import { Janitor } from "./components/janitor/index.ts";
import { flowsFor } from "./platform/flows.ts";
import { Limits } from "./components/limits/index.ts";
import { Mesh } from "./components/mesh/index.ts";
import { Namespaces } from "./components/namespaces/index.ts";
import { marking } from "./components/namespaces/marking.ts";
import { takeOver } from "./platform/marks.ts";
import { namespaceNames } from "./platform/namespaces.ts";
import { Network } from "./components/network/index.ts";
import { Routing } from "./components/routing/index.ts";
import { Observability } from "./components/observability/index.ts";
import {
  installed,
  observabilityArgs,
  scrapedFrom,
  tracingArgs,
  addonsArgs,
} from "./components/observability/arguments.ts";
import { Addons } from "./components/observability/addons/index.ts";
import { addonAddresses, addonsNamespace } from "./components/observability/addons/settings.ts";
import { ExternalSecrets } from "./components/external-secrets/index.ts";
import { apiKey, Shlink } from "./components/shlink/index.ts";
import { VaultAccess } from "./components/vault/access.ts";
import { VaultBootstrap } from "./components/vault/bootstrap.ts";
import { sealPorts } from "./components/vault/seal.ts";
import { VaultServer } from "./components/vault/server.ts";
import { VaultSnapshots } from "./components/vault/snapshots.ts";

/** Boot order, nothing else. The engine calls it without arguments; tests hand in a cluster of their own. */
export default async function program(cluster = kubernetes()) {
  const settings = loadSettings();
  const { context, storageClass, mutatingAdmission } = settings.cluster;
  const { charts, routing, observability } = settings;
  const { snapshots } = settings.vault;
  const traces = tracingArgs(observability);
  const { tracing } = traces;
  const metrics = observability.mode !== "none";
  const { refreshInterval } = settings.externalSecrets;
  const { cni } = settings.mesh;
  const addons = addonsArgs(observability);
  const used = usedCharts({
    cni,
    redisOperator: settings.redis.operator,
    addons: installed(observability),
  });
  const ours = [...namespaceNames(cni), ...(addons === undefined ? [] : [addonsNamespace])];
  const chartFiles = mirroredFiles(charts, used);
  const { clusterIdentifier } = await cluster.verify({ context, namespaces: ours, chartFiles });

  pulumi.runtime.registerStackTransformation(marking(pulumi.getStack()));
  const provider = new k8s.Provider("kubernetes", { context, clusterIdentifier, ...takeOver });
  const providers = { kubernetes: provider, random: new random.Provider("random") };

  const namespaces = new Namespaces(
    "namespaces",
    { cni, protect: settings.protectData },
    { providers },
  ).names;
  // Before any pod, so that nothing is ever open; and after the last, so that the janitor reaches the API.
  const network = new Network(
    "network",
    {
      namespaces,
      flows: flowsFor({
        cni,
        resolveTitles: settings.shlink.resolveTitles,
        pooled: settings.database.pgBouncer.mode !== "none",
        cloudBackups: !["none", "volume"].includes(settings.database.backups.mode),
        scrapedFrom: scrapedFrom(observability),
        collector: tracing,
        sealPorts: sealPorts(settings.vault.seal),
        snapshots: snapshots.mode !== "none",
      }),
      apiServer: settings.cluster.apiServer,
    },
    { providers },
  );
  const limits = new Limits("limits", { ...settings, namespaces }, { providers });
  // First in, last out: at its deletion it removes what all others leave behind.
  const janitor = new Janitor(
    "janitor",
    { namespace: namespaces.platform },
    { providers, dependsOn: [network, limits] },
  );
  const opts = { providers, dependsOn: janitor };

  const mesh = new Mesh(
    "mesh",
    {
      ...settings.mesh,
      ...traces,
      charts,
      trustedProxies: routing.trustedProxies,
      namespace: namespaces["istio-system"],
      cniNamespace: namespaces["istio-cni"],
      gatewayNamespace: namespaces["istio-ingress"],
    },
    opts,
  );

  const tls = serverCertificates(settings, namespaces, opts);
  const served = {
    vault: { ...settings.vault, tls: tls.vault },
    routing: { ...routing, tls: tls.routing },
  };
  const server = new VaultServer(
    "vault-server",
    {
      ...served.vault,
      charts,
      storageClass,
      metrics,
      namespace: namespaces.vault,
      protect: settings.protectData,
    },
    opts,
  );
  const bootstrap = new VaultBootstrap(
    "vault",
    { ...settings.vault, namespace: namespaces.vault, server },
    opts,
  );
  const vault = new VaultAccess(
    "vault-access",
    { cluster, namespace: "vault", server, bootstrap, localPort: settings.tunnels.vault },
    opts,
  );
  if (snapshots.mode === "volume")
    new VaultSnapshots(
      "vault-snapshots",
      {
        ...snapshots,
        storageClass: snapshots.storageClass ?? storageClass,
        namespace: namespaces.vault,
        server,
        vault,
        protect: settings.protectData,
      },
      opts,
    );

  const operator = new ExternalSecrets(
    "external-secrets",
    { ...settings.externalSecrets, charts, namespace: namespaces["external-secrets"] },
    opts,
  );
  // Its webhook judges every SecretStore: none can be made before it answers.
  const synced = { ...opts, dependsOn: [janitor, operator] };

  const database = new Database(
    "database",
    {
      ...settings.database,
      metrics,
      cluster,
      charts,
      storageClass,
      operatorNamespace: namespaces["postgres-operator"],
      namespace: namespaces.postgres,
      vault,
      refreshInterval,
      localPort: settings.tunnels.postgres,
      protect: settings.protectData,
    },
    synced,
  );
  const cache = new Cache(
    "cache",
    {
      ...settings.redis,
      metrics,
      mutatingAdmission,
      charts,
      operatorNamespace: namespaces["redis-operator"],
      namespace: namespaces.redis,
      vault,
      refreshInterval,
    },
    synced,
  );

  const https = routing.tls.mode !== "plaintext";
  const [defaultDomain = ""] = routing.hosts;
  const shlink = new Shlink(
    "shlink",
    {
      ...settings.shlink,
      namespace: namespaces.shlink,
      vault,
      refreshInterval,
      database: database.connection,
      cache: cache.connection,
      defaultDomain,
      https,
    },
    // Pods get their sidecar when they are made; migrations need the schema's GRANT and a Redis for their lock.
    { ...opts, dependsOn: [mesh, operator, database, cache] },
  );
  new Routing(
    "routing",
    {
      ...served.routing,
      namespace: namespaces.shlink,
      gatewayNamespace: namespaces["istio-ingress"],
      gatewaySelector: mesh.gatewaySelector,
      gatewayPrincipal: mesh.gatewayPrincipal,
      service: shlink.service,
      calls: [
        namespaces.postgres,
        namespaces.redis,
        ...(tracing === undefined ? [] : [tracing.namespace]),
      ],
      callsAnyHost: settings.shlink.resolveTitles,
      replicas: settings.shlink.replicas,
    },
    { ...opts, dependsOn: mesh },
  );
  const { apiServer } = settings.cluster;
  const shown =
    addons === undefined
      ? []
      : [
          new Addons(
            "addons",
            { ...addons, redis: settings.redis, charts, storageClass, apiServer },
            opts,
          ),
        ];
  const watched = observabilityArgs({ ...settings, ...served }, namespaces.platform);
  // Where Prometheus comes as a chart, that brings the definitions of monitors and rules.
  if (watched !== undefined)
    new Observability("observability", watched, { providers, dependsOn: [janitor, ...shown] });
  if (settings.admissionPolicies)
    new AdmissionPolicies("admission", {}, { ...opts, dependsOn: mesh });

  return {
    url: `${https ? "https" : "http"}://${defaultDomain}`,
    apiKey: { namespace: "shlink", ...apiKey },
    addons: observability.mode === "none" ? {} : addonAddresses(observability.addons),
  };
}
