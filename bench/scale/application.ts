import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { createDatabase } from "../../components/database/index.ts";
import type { SecretsOperator } from "../../components/external-secrets/reader.ts";
import type { NamespacesOf } from "../../components/namespaces/index.ts";
import { createRedis } from "../../components/redis/index.ts";
import { Routing } from "../../components/routing/index.ts";
import { Shlink } from "../../components/shlink/index.ts";
import type { VaultAccess } from "../../components/vault/access.ts";
import { WebClient } from "../../components/web-client/index.ts";
import type { Cluster } from "../../effects/cluster.ts";
import { token } from "../../platform/project.ts";
import type { Settings } from "../../settings/index.ts";
import { stackOf } from "../../stack/index.ts";

/** What all applications of a platform share. */
export interface Platform {
  settings: Settings;
  cluster: Cluster;
  /** Absent: secrets are in the state and in Secrets alone. */
  vault?: VaultAccess;
  externalSecrets: SecretsOperator;
  gatewayPrincipal: string;
}

const spaces = ["postgres", "redis", "shlink"] as const;
type Namespaces = NamespacesOf<(typeof spaces)[number]>;
const firstPort = 20_000;

/** One more application on a platform that others share: its database, its cache, its secrets, itself, and the way to it. */
export class Application extends pulumi.ComponentResource {
  constructor(number: number, platform: Platform, opts: pulumi.ComponentResourceOptions) {
    const name = `app${number}`;
    // The URNs of all that is inside have this type in them: two applications have children of the same names.
    super(token(`Application-${name}`), name, {}, opts);
    const inside = { parent: this };
    const { cluster, externalSecrets, gatewayPrincipal } = platform;
    const stack = stackOf(settingsOf(name, number, platform.settings));
    const namespaces = this.#namespaces(name);
    const data = { cluster, namespaces, vault: platform.vault?.within(name), externalSecrets };
    const database = createDatabase({ ...stack.database, ...data }, inside);
    const redis = createRedis({ ...stack.redis, ...data, password: "" }, inside);
    const connections = { database: database.connection, redis: redis.connection };
    const { service } = new Shlink(
      "shlink",
      { ...stack.shlink, ...data, ...connections, brought: {} },
      { ...inside, dependsOn: [database, redis] },
    );
    const calls = [`${name}-postgres`, `${name}-redis`];
    // The gateway is no application's own to limit, as one of others is.
    const route = { ...stack.routing, calls, namespaces, gatewayPrincipal, service };
    new Routing("routing", route, inside);
    if (stack.webClient) new WebClient("web-client", { ...route, ...stack.webClient }, inside);
    this.registerOutputs({});
  }

  /** The components' types know the platform's namespaces by name; these stand in for them. */
  #namespaces(name: string): Namespaces {
    const made = spaces.map((space) => {
      const args = { metadata: { name: `${name}-${space}` } };
      return [space, new k8s.core.v1.Namespace(space, args, { parent: this }).metadata.name];
    });
    return Object.fromEntries(made) as Namespaces;
  }
}

function settingsOf(name: string, number: number, settings: Settings): Settings {
  const { webClient, routing, tunnels } = settings;
  const host = `${name}.example.com`;
  return {
    ...settings,
    webClient: webClient.mode === "none" ? webClient : { ...webClient, host: `admin.${host}` },
    routing: { ...routing, hosts: [host] },
    tunnels: { ...tunnels, postgres: firstPort + number },
  };
}
