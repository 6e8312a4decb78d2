import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { AdmissionPolicies } from "./components/admission/index.ts";
import { CertificateAuthority } from "./components/authority/index.ts";
import { Claim } from "./components/claim/index.ts";
import { Database } from "./components/database/index.ts";
import { OutsideDatabase } from "./components/database/outside.ts";
import { ExternalSecrets } from "./components/external-secrets/index.ts";
import type { SecretsOperator } from "./components/external-secrets/reader.ts";
import { Janitor } from "./components/janitor/index.ts";
import { Limits } from "./components/limits/index.ts";
import { Mesh } from "./components/mesh/index.ts";
import { having, Namespaces } from "./components/namespaces/index.ts";
import { marking } from "./components/namespaces/marking.ts";
import { Network } from "./components/network/index.ts";
import { Addons } from "./components/observability/addons/index.ts";
import { observabilityArgs } from "./components/observability/arguments.ts";
import { Observability } from "./components/observability/index.ts";
import { placing } from "./components/placement/index.ts";
import { needsPatches, OperatorPods } from "./components/placement/operator-pods.ts";
import { Redis } from "./components/redis/index.ts";
import { OutsideRedis } from "./components/redis/outside.ts";
import { Routing } from "./components/routing/index.ts";
import { Shlink } from "./components/shlink/index.ts";
import { VaultAccess } from "./components/vault/access.ts";
import { VaultBootstrap } from "./components/vault/bootstrap.ts";
import { existingVault } from "./components/vault/existing.ts";
import { installedVault } from "./components/vault/installed.ts";
import { foundInside } from "./components/vault/session.ts";
import { servedTls } from "./components/vault/tls.ts";
import type { SecretsHome } from "./components/vault/secret.ts";
import { VaultServer } from "./components/vault/server.ts";
import { VaultSnapshots } from "./components/vault/snapshots.ts";
import { WebClient } from "./components/web-client/index.ts";
import { type Cluster, kubernetes } from "./outside/cluster.ts";
import { takeOver } from "./platform/marks.ts";
import type { Settings } from "./settings/index.ts";
import { loadSecrets, loadSettings } from "./settings/load.ts";
import { type Stack, stackOf } from "./stack.ts";

type Opts = { providers: Record<string, pulumi.ProviderResource>; dependsOn?: pulumi.Resource[] };

/** This function is the boot order, nothing else. The engine calls it without arguments; tests hand in a cluster of their own. */
export default async function program(cluster = kubernetes()) {
  const settings = loadSettings();
  const { redisPassword = "", ...brought } = loadSecrets(settings);
  const stack = stackOf(settings);
  const { context } = stack.demands;
  const { clusterIdentifier } = await cluster.verify(stack.demands);

  registerTransformations(settings);
  const provider = new k8s.Provider("kubernetes", { context, clusterIdentifier, ...takeOver });
  const providers = { kubernetes: provider, random: new random.Provider("random") };
  const { identity } = new Claim("claim", { providers });
  await cluster.begin(stack.demands, identity);
  const { namespaces, janitor } = createGround(settings, stack, { providers });
  const opts = { providers, dependsOn: [janitor] };

  const mesh = createMesh(stack, namespaces, opts);
  const authority = stack.ownAuthority ? new CertificateAuthority("authority", opts) : undefined;
  const vaultArgs = { ...stack.vault, authority, namespace: namespaces.vault, cluster };
  const vault = await createVault(vaultArgs, stack.snapshots, opts);
  const externalSecrets = createSecretsOperator(stack, namespaces["external-secrets"], opts);

  const data = { cluster, namespaces, vault, externalSecrets };
  const database = createDatabase(stack, data, opts);
  const redis = createRedis(stack, { ...data, password: redisPassword }, opts);
  const connections = { database: database.connection, redis: redis.connection };
  // Pods get their sidecar when they are made; migrations need the schema's GRANT and a Redis for their lock.
  const ready = {
    providers,
    dependsOn: [...mesh.ready, ...externalSecrets.installed, database, redis],
  };
  const shlink = new Shlink("shlink", { ...stack.shlink, brought, ...connections, ...data }, ready);

  const { gatewayPrincipal } = mesh;
  const { service } = shlink;
  const route = { ...stack.routing, authority, namespaces, gatewayPrincipal, service };
  const inMesh = { providers, dependsOn: mesh.ready };
  new Routing("routing", route, inMesh);
  if (stack.webClient) new WebClient("web-client", { ...route, ...stack.webClient }, inMesh);
  if (settings.admissionPolicies) new AdmissionPolicies("admission", {}, inMesh);

  const addons = createWatch(settings, stack, namespaces.platform, opts);
  const made = { providers, dependsOn: [database, redis, ...addons] };
  if (needsPatches(stack.pods)) new OperatorPods("operator-pods", stack.pods, made);
  return stack.outputs;
}

/** What holds for every resource, whichever component registers it. */
function registerTransformations({ pods, redis }: Settings) {
  pulumi.runtime.registerStackTransformation(marking(pulumi.getStack()));
  const operator = redis.mode === "outside" ? undefined : redis.operator;
  pulumi.runtime.registerStackTransformation(placing(pods, operator));
}

/** The closed namespaces, in which all others find their place. */
function createGround(settings: Settings, stack: Stack, opts: Opts) {
  const { names: namespaces } = new Namespaces("namespaces", stack.namespaces, opts);
  // Before any pod, so that nothing is ever open; and after the last, so that the janitor reaches the API.
  const network = new Network("network", { ...stack.network, namespaces }, opts);
  const limits = new Limits("limits", { ...settings, namespaces }, opts);
  // First in, last out: at its deletion it removes what all others leave behind.
  const bounds = { ...opts, dependsOn: [network, limits] };
  const janitor = new Janitor(
    "janitor",
    { namespace: namespaces.platform, others: stack.namespaces.others },
    bounds,
  );
  return { namespaces, janitor };
}

/** Installs Istio, unless the cluster has it; tells the identity with which its gateway calls. */
function createMesh(
  { mesh, gateway }: Stack,
  { "istio-system": system, "istio-ingress": ingress, ...others }: Namespaces["names"],
  opts: Opts,
): { gatewayPrincipal: pulumi.Input<string>; ready: pulumi.Resource[] } {
  if (mesh === undefined || system === undefined || ingress === undefined)
    return { gatewayPrincipal: gateway.principal ?? "", ready: opts.dependsOn ?? [] };
  const namespaces = { ...others, "istio-system": system, "istio-ingress": ingress };
  const own = new Mesh("mesh", { ...mesh, namespaces }, opts);
  return { gatewayPrincipal: own.gatewayPrincipal, ready: [own] };
}

/** Installs External Secrets, unless the cluster has it. */
function createSecretsOperator(
  { externalSecrets: { account, own } }: Stack,
  namespace: pulumi.Input<string> | undefined,
  opts: Opts,
): SecretsOperator {
  if (own === undefined || namespace === undefined) return { account, installed: [] };
  return {
    account,
    installed: [new ExternalSecrets("external-secrets", { ...own, namespace }, opts)],
  };
}

/** Makes Vault, from its servers to what is inside of it; of one that is there, what is inside. Undefined: there is none. */
async function createVault(
  { own, existing, cluster, namespace, authority }: VaultParts,
  snapshots: Stack["snapshots"],
  opts: Opts,
): Promise<SecretsHome> {
  if (existing !== undefined) {
    const source = existingVault(existing, cluster);
    return new VaultAccess("vault-access", { source, found: [] }, opts);
  }
  if (own === undefined || namespace === undefined) return undefined;
  const args = { ...own, authority, namespace, cluster };
  const found = await foundInside({ ...args, tls: servedTls(args.tls) });
  const server = new VaultServer("vault-server", args, opts);
  const bootstrap = new VaultBootstrap("vault", { ...args, server }, opts);
  const source = installedVault({ ...args, server, bootstrap });
  const vault = new VaultAccess("vault-access", { source, found }, opts);
  if (snapshots !== undefined)
    new VaultSnapshots("vault-snapshots", { ...args, ...snapshots, server, vault }, opts);
  return vault;
}

type VaultParts = Stack["vault"] & {
  cluster: Cluster;
  authority: CertificateAuthority | undefined;
  /** Absent where the cluster, or somebody outside of it, has a Vault already. */
  namespace: pulumi.Input<"vault"> | undefined;
};

interface Data {
  cluster: Cluster;
  namespaces: Namespaces["names"];
  vault: SecretsHome;
  externalSecrets: SecretsOperator;
}

/** PostgreSQL: the stack's own, or somebody else's. */
const createDatabase = ({ database }: Stack, data: Data, opts: Opts) =>
  database.mode === "outside"
    ? new OutsideDatabase("database", { ...database, ...data }, opts)
    : new Database("database", { ...database, ...data }, opts);

/** Redis: the stack's own, or somebody else's with the password that its owner gave. */
function createRedis(
  { redis }: Stack,
  { password, ...data }: Data & { password: pulumi.Input<string> },
  opts: Opts,
) {
  if (redis.mode === "outside")
    return new OutsideRedis("redis", { ...redis, ...data, password }, opts);
  const namespaces = { ...data.namespaces, ...having(data.namespaces, "redis") };
  return new Redis("redis", { ...redis, ...data, namespaces }, opts);
}

/** What shows how the platform does: addons, monitors, rules, dashboards. */
function createWatch(
  settings: Settings,
  stack: Stack,
  namespace: pulumi.Input<string>,
  opts: Opts & { dependsOn: pulumi.Resource[] },
): Addons[] {
  const addons = stack.addons === undefined ? [] : [new Addons("addons", stack.addons, opts)];
  const watched = observabilityArgs(settings, namespace, stack.unwatched);
  // Where Prometheus comes as a chart, that brings the definitions of monitors and rules.
  const shown = { ...opts, dependsOn: [...opts.dependsOn, ...addons] };
  if (watched !== undefined) new Observability("observability", watched, shown);
  return addons;
}
