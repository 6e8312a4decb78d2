import * as pulumi from "@pulumi/pulumi";
import { token } from "../../platform/project.ts";
import type { Settings } from "../../settings/index.ts";
import { type SecretsHome, VaultSecret } from "../vault/secret.ts";
import type { RedisConnection } from "./connection.ts";

type OutsideSettings = Extract<Settings["redis"], { mode: "outside" }>;

export interface OutsideRedisArgs extends OutsideSettings {
  vault: SecretsHome;
  /** The password that its owner has given out. */
  password: pulumi.Input<string>;
}

/** A Redis that somebody else runs: of it the stack has the login, which it keeps in Vault. */
export class OutsideRedis extends pulumi.ComponentResource {
  readonly connection: RedisConnection;

  constructor(name: string, args: OutsideRedisArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("OutsideRedis"), name, {}, opts);
    const { servers, user, vault, password } = args;
    const credentials = new VaultSecret(
      "redis-shlink",
      { vault, path: "redis/shlink", values: valuesOf(args, password) },
      { parent: this },
    );
    this.connection =
      servers.mode === "sentinel"
        ? {
            mode: "sentinel",
            sentinels: servers.sentinels.map(addressOf),
            master: servers.master,
            ...(user === undefined ? {} : { user }),
            credentials,
          }
        : { mode: "addresses", credentials };
    this.registerOutputs({});
  }
}

interface Node {
  host: string;
  port: number;
}

const addressOf = ({ host, port }: Node) => `${host.includes(":") ? `[${host}]` : host}:${port}`;

function valuesOf(
  { servers, user }: OutsideSettings,
  password: pulumi.Input<string>,
): Record<string, pulumi.Input<string>> {
  if (servers.mode === "sentinel") return { password };
  const nodes = servers.mode === "single" ? [servers] : servers.nodes;
  const urls = pulumi
    .output(password)
    .apply((text) => nodes.map((node) => urlOf(node, servers.tls, user, text)).join(","));
  return { servers: urls };
}

/** Shlink decodes what is in an address. */
export const urlOf = (node: Node, tls: boolean, user = "", password: string) =>
  `${tls ? "tls" : "tcp"}://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${addressOf(node)}`;
