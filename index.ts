import * as k8s from "@pulumi/kubernetes";
import * as random from "@pulumi/random";
import { AdmissionPolicies } from "./components/admission/index.ts";
import { serverCertificates } from "./components/authority/certificates.ts";
import { Database } from "./components/database/index.ts";
import { ExternalSecrets } from "./components/external-secrets/index.ts";
import { Janitor } from "./components/janitor/index.ts";
import { Limits } from "./components/limits/index.ts";
import { Mesh } from "./components/mesh/index.ts";
import { Namespaces } from "./components/namespaces/index.ts";
import { Network } from "./components/network/index.ts";
import { Addons } from "./components/observability/addons/index.ts";
import { observabilityArgs } from "./components/observability/arguments.ts";
import { Observability } from "./components/observability/index.ts";
import { Redis } from "./components/redis/index.ts";
import { Routing } from "./components/routing/index.ts";
import { Shlink } from "./components/shlink/index.ts";
import { VaultAccess } from "./components/vault/access.ts";
import { VaultBootstrap } from "./components/vault/bootstrap.ts";
import { VaultServer } from "./components/vault/server.ts";
import { VaultSnapshots } from "./components/vault/snapshots.ts";
import { kubernetes } from "./outside/cluster.ts";
import { loadSettings } from "./settings/index.ts";
import { stackOf } from "./stack.ts";

/** Boot order, nothing else. The engine calls it without arguments; tests hand in a cluster of their own. */
export default async function program(cluster = kubernetes()) {
  const settings = loadSettings();
  const stack = stackOf(settings);
  const { context } = stack.demands;
  const { clusterIdentifier } = await cluster.verify(stack.demands);

  const provider = new k8s.Provider("kubernetes", { context, clusterIdentifier });
  const providers = { kubernetes: provider, random: new random.Provider("random") };
  const { names: namespaces } = new Namespaces("namespaces", settings.mesh, { providers });
  // Before any pod, so that nothing is ever open; and after the last, so that the janitor reaches the API.
  const network = new Network("network", { ...stack.network, namespaces }, { providers });
  const limits = new Limits("limits", { ...settings, namespaces }, { providers });
  // First in, last out: at its deletion it removes what all others leave behind.
  const bounds = { providers, dependsOn: [network, limits] };
  const janitor = new Janitor("janitor", { namespace: namespaces.platform }, bounds);
  const opts = { providers, dependsOn: janitor };

  const mesh = new Mesh("mesh", { ...stack.mesh, namespaces }, opts);
  const tls = serverCertificates(settings, namespaces, opts);

  const vaultArgs = { ...stack.vault, tls: tls.vault, namespace: namespaces.vault };
  const server = new VaultServer("vault-server", vaultArgs, opts);
  const bootstrap = new VaultBootstrap("vault", { ...vaultArgs, server }, opts);
  const vault = new VaultAccess("vault-access", { ...vaultArgs, cluster, server, bootstrap }, opts);
  const copied = { ...vaultArgs, server, vault };
  if (stack.snapshots !== undefined)
    new VaultSnapshots("vault-snapshots", { ...copied, ...stack.snapshots }, opts);

  const secrets = { ...stack.externalSecrets, namespace: namespaces["external-secrets"] };
  const operator = new ExternalSecrets("external-secrets", secrets, opts);
  // Its webhook judges every SecretStore: none can be made before it answers.
  const synced = { ...opts, dependsOn: [janitor, operator] };
  const data = { cluster, namespaces, vault };
  const database = new Database("database", { ...stack.database, ...data }, synced);
  const redis = new Redis("redis", { ...stack.redis, ...data }, synced);

  const connections = { database: database.connection, redis: redis.connection };
  // Pods get their sidecar when they are made; migrations need the schema's GRANT and a Redis for their lock.
  const ready = { ...opts, dependsOn: [mesh, operator, database, redis] };
  const shlink = new Shlink("shlink", { ...stack.shlink, ...connections, ...data }, ready);
  const inMesh = { ...opts, dependsOn: mesh };
  const { gatewayPrincipal } = mesh;
  const { service } = shlink;
  const route = { ...stack.routing, tls: tls.routing, namespaces, gatewayPrincipal, service };
  new Routing("routing", route, inMesh);
  if (settings.admissionPolicies) new AdmissionPolicies("admission", {}, inMesh);

  const addons = stack.addons === undefined ? [] : [new Addons("addons", stack.addons, opts)];
  const parts = { ...settings, vault: vaultArgs, routing: route };
  const watched = observabilityArgs(parts, namespaces.platform);
  // Where Prometheus comes as a chart, that brings the definitions of monitors and rules.
  if (watched !== undefined)
    new Observability("observability", watched, { providers, dependsOn: [janitor, ...addons] });
  return stack.outputs;
}
