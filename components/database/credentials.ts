import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type SecretsHome, VaultSecret } from "../vault/secret.ts";
import type { Authority } from "./authority.ts";
import { scramVerifier } from "./scram.ts";

interface DatabaseAddress {
  host: pulumi.Input<string>;
  port: number;
  database: string;
  user: string;
}

/** How to reach a database, and where its password lies. */
export interface DatabaseConnection extends Omit<DatabaseAddress, "user"> {
  /** Absent: the Secret's property `user` is the user. */
  user?: string;
  /** The Secret's property `password` is the user's. */
  credentials: VaultSecret;
  /** Who signed the server's certificate for `host`; absent where the connection is not encrypted. */
  authority?: Authority;
}

/** The user's password and its verifier, in Vault. Letters and digits only: Shlink turns a password that looks like a number into one. */
export function databaseCredentials(
  vault: SecretsHome,
  { host, port, database, user }: DatabaseAddress,
  opts: pulumi.CustomResourceOptions,
): VaultSecret {
  const password = new random.RandomPassword(
    "db-password",
    { length: 32, special: false, minLower: 1 },
    opts,
  );
  const salt = new random.RandomBytes("db-salt", { length: 16 }, opts);
  const verifier = pulumi
    .all([password.result, salt.base64])
    .apply(([text, bytes]) => scramVerifier(text, bytes));
  const login = { user, password: password.result, verifier };
  const values = { ...login, dbname: database, host, port: `${port}` };
  return new VaultSecret("postgres-shlink", { vault, path: "postgres/shlink", values }, opts);
}
