import * as pulumi from "@pulumi/pulumi";
import { token } from "../../platform/project.ts";
import type { Settings } from "../../settings/index.ts";
import { type SecretsHome, VaultSecret } from "../vault/secret.ts";
import { passwordKey, type RedisConnection } from "./connection.ts";

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
    const kept = pulumi.output(password).apply((text) => written(servers, text));
    const credentials = new VaultSecret(
      "redis-shlink",
      { vault, path: "redis/shlink", values: { password: kept } },
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
        : { mode: "addresses", servers: addressesOf(servers, user), credentials };
    this.registerOutputs({});
  }
}

interface Node {
  host: string;
  port: number;
}

const addressOf = ({ host, port }: Node) => `${host.includes(":") ? `[${host}]` : host}:${port}`;

type Servers = OutsideSettings["servers"];

/** Sentinels' servers get the password as it is, all others as part of an address, which Shlink decodes. */
export const written = ({ mode }: Pick<Servers, "mode">, password: string) =>
  mode === "sentinel" ? password : encodeURIComponent(password);

function addressesOf(servers: Exclude<Servers, { mode: "sentinel" }>, user = ""): string {
  const nodes = servers.mode === "single" ? [servers] : servers.nodes;
  const login = `${encodeURIComponent(user)}:{{ .${passwordKey} }}`;
  const scheme = servers.tls ? "tls" : "tcp";
  return nodes.map((node) => `${scheme}://${login}@${addressOf(node)}`).join(",");
}
