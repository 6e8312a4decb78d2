import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { AdmissionPolicies } from "./components/admission/index.ts";
import { CertificateAuthority } from "./components/authority/index.ts";
import { Claim } from "./components/claim/index.ts";
import { createDatabase } from "./components/database/index.ts";
import { createSecretsOperator } from "./components/external-secrets/index.ts";
import { Janitor } from "./components/janitor/index.ts";
import { Limits } from "./components/limits/index.ts";
import { createMesh } from "./components/mesh/index.ts";
import { Namespaces } from "./components/namespaces/index.ts";
import { marking } from "./components/namespaces/marking.ts";
import { Network } from "./components/network/index.ts";
import { Addons } from "./components/observability/addons/index.ts";
import { Observability } from "./components/observability/index.ts";
import { placing } from "./components/placement/index.ts";
import { needsPatches, OperatorPods } from "./components/placement/operator-pods.ts";
import { createRedis } from "./components/redis/index.ts";
import { Routing } from "./components/routing/index.ts";
import { Shlink } from "./components/shlink/index.ts";
import { createVault, openVault } from "./components/vault/index.ts";
import { WebClient } from "./components/web-client/index.ts";
import { type Cluster, kubernetes } from "./effects/cluster.ts";
import { asKubectl, takeOver } from "./platform/marks.ts";
import type { Settings } from "./settings/index.ts";
import { loadSecrets, loadSettings } from "./settings/load.ts";
import { type Stack, stackOf } from "./stack/index.ts";

type Opts = { providers: Record<string, pulumi.ProviderResource>; dependsOn?: pulumi.Resource[] };

/** This function is the boot order, nothing else. The engine calls it without arguments; tests hand in a cluster of their own. */
export default async function program(cluster = kubernetes()) {
  const settings = loadSettings();
  const { redisPassword = "", ...brought } = loadSecrets(settings);
  const stack = stackOf(settings);
  const { found, ...target } = await lookBefore(cluster, stack);

  registerTransformations(settings);
  const provider = new k8s.Provider("kubernetes", { ...target, ...asKubectl, ...takeOver });
  const providers = { kubernetes: provider, random: new random.Provider("random") };
  const { identity } = new Claim("claim", { providers });
  await cluster.begin(stack.demands, identity);
  const { namespaces, janitor } = createGround(settings, stack, { providers });
  const opts = { providers, dependsOn: [janitor] };

  const mesh = createMesh({ ...stack.mesh, namespaces }, opts);
  const authority = stack.ownAuthority ? new CertificateAuthority("authority", opts) : undefined;
  const secrets = { ...stack.vault, found, identity, authority, namespaces, cluster };
  const vault = await createVault(secrets, opts);
  const externalSecrets = createSecretsOperator({ ...stack.externalSecrets, namespaces }, opts);

  const data = { cluster, namespaces, vault, externalSecrets };
  const database = createDatabase({ ...stack.database, ...data }, opts);
  const redis = createRedis({ ...stack.redis, ...data, password: redisPassword }, opts);
  const connections = { database: database.connection, redis: redis.connection };
  // Pods get their sidecar when they are made; migrations need the schema's GRANT and a Redis for their lock.
  const dependsOn = [...mesh.ready, ...externalSecrets.installed, database, redis];
  const shlink = new Shlink(
    "shlink",
    { ...stack.shlink, brought, ...connections, ...data },
    { providers, dependsOn },
  );

  const { gatewayPrincipal } = mesh;
  const { service } = shlink;
  const route = { ...stack.routing, authority, namespaces, gatewayPrincipal, service };
  const inMesh = { providers, dependsOn: mesh.ready };
  new Routing("routing", route, inMesh);
  if (stack.webClient) new WebClient("web-client", { ...route, ...stack.webClient }, inMesh);
  if (settings.admissionPolicies) new AdmissionPolicies("admission", {}, inMesh);

  const addons = createWatch(stack, namespaces.platform, opts);
  const made = { providers, dependsOn: [database, redis, ...addons] };
  if (needsPatches(stack.pods)) new OperatorPods("operator-pods", stack.pods, made);
  return stack.outputs;
}

/** Looks whether the cluster, and a Vault that others run, are what the stack needs: nothing is made where they are not. */
async function lookBefore(cluster: Cluster, { demands, vault }: Stack) {
  const { clusterIdentifier } = await cluster.verify(demands);
  return { context: demands.context, clusterIdentifier, found: await openVault(vault, cluster) };
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

/** What shows how the platform does: the addons that come as charts, and what the cluster's or their Prometheus reads. */
function createWatch(
  stack: Stack,
  namespace: pulumi.Input<string>,
  opts: Opts & { dependsOn: pulumi.Resource[] },
): Addons[] {
  const addons = stack.addons ? [new Addons("addons", stack.addons, opts)] : [];
  // Where Prometheus comes as a chart, that brings the definitions of monitors and rules.
  const shown = { ...opts, dependsOn: [...opts.dependsOn, ...addons] };
  if (stack.observability)
    new Observability("observability", { ...stack.observability, namespace }, shown);
  return addons;
}
