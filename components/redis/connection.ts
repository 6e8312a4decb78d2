import type * as pulumi from "@pulumi/pulumi";
import type { VaultSecret } from "../vault/secret.ts";

/** The key of the synced Secret that a template of addresses names. */
export const passwordKey = "redisPassword";

/** How to reach Redis, and where the password lies. */
export type RedisConnection = Sentinels | Addresses;

interface Sentinels {
  mode: "sentinel";
  /** `host:port` of each sentinel, or of a Service in front of all. */
  sentinels: pulumi.Input<string[]>;
  /** Name under which the sentinels know the master. */
  master: string;
  /** The user of the servers; absent: their default one. */
  user?: string;
  /** The Secret's property `password` is that of the servers; the sentinels have none. */
  credentials: VaultSecret;
}

/** One address is a server, several are a cluster. */
interface Addresses {
  mode: "addresses";
  /** The addresses as a template, in which `passwordKey` stands for the password: everybody may see whether they are encrypted. */
  servers: string;
  /** The Secret's property `password` is written as an address takes it. */
  credentials: VaultSecret;
}
