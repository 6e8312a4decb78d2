import { createHash } from "node:crypto";
import { dirname } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { WantedKey } from "../../incluster/api-keys.ts";
import type { Environments } from "../../incluster/environment.ts";
import { workloads } from "../../platform/workloads.ts";
import type { Settings } from "../../settings/index.ts";
import type { DatabaseConnection } from "../database/credentials.ts";
import { programPod } from "../program/pod.ts";
import { readPrograms } from "../program/index.ts";
import { type SecretsHome, VaultSecret } from "../vault/secret.ts";
import { authorityPath, secretsPath, userFile } from "./environment.ts";
import { secretName } from "./names.ts";

/** The keys of the stack file, by name. */
export type NamedKeys = NonNullable<Settings["shlink"]["apiKeys"]>;

/** Makes a value for each key, and keeps it in Vault. */
export function keySecrets(
  vault: SecretsHome,
  keys: NamedKeys,
  opts: pulumi.ComponentResourceOptions,
): Record<string, VaultSecret> {
  const made = Object.keys(keys).map((name) => {
    const length = { length: 36, special: false, minLower: 1 };
    const key = new random.RandomPassword(`api-key-${name}`, length, opts);
    const args = { vault, path: `shlink/api-keys/${name}`, values: { key: key.result } };
    return [name, new VaultSecret(`shlink-api-key-${name}`, args, opts)] as const;
  });
  return Object.fromEntries(made);
}

export interface KeyWriterArgs {
  namespace: pulumi.Input<string>;
  keys: NamedKeys;
  secrets: Record<string, VaultSecret>;
  database: DatabaseConnection;
  /** Volume with the database's authority; absent where that connection is not encrypted. */
  authority: k8s.types.input.core.v1.Volume | undefined;
}

/** A Job that lets Shlink know the keys, and disables those that are not in the stack file any more. It sees hashes only. */
export function writeKeys(args: KeyWriterArgs, opts: pulumi.CustomResourceOptions): void {
  const { namespace, authority } = args;
  const scripts = new k8s.core.v1.ConfigMap(
    "shlink-api-keys-scripts",
    { metadata: { namespace }, immutable: true, data: readPrograms("api-keys.ts") },
    opts,
  );
  const items = Object.values(files(args.database)).map((key) => ({ key, path: key }));
  const login = { name: "login", secret: { secretName, defaultMode: 0o440, items } };
  const spec = programPod({
    name: "api-keys",
    program: "api-keys.ts",
    env: variables(args),
    scripts,
    mounts: [
      { volume: login, path: secretsPath },
      ...(authority === undefined ? [] : [{ volume: authority, path: dirname(authorityPath) }]),
    ],
  });
  // The database is outside of the mesh, and a sidecar would not end.
  const labels = { ...workloads["shlink-api-keys"].labels, "sidecar.istio.io/inject": "false" };
  new k8s.batch.v1.Job(
    "shlink-api-keys",
    {
      metadata: { namespace },
      spec: { backoffLimit: 3, template: { metadata: { labels }, spec } },
    },
    { ...opts, customTimeouts: { create: "10m" } },
  );
}

/** The files of the login: the user's is there only where it changes with its password. */
const files = ({ user }: DatabaseConnection) => ({
  password: "db-password",
  ...(user === undefined && { user: userFile }),
});

type Variables = { [Name in keyof Environments["api-keys.ts"]]: pulumi.Input<string> };

function variables({ database, keys, secrets }: KeyWriterArgs): Variables {
  const { host, port, user, authority } = database;
  const wanted = Object.entries(keys).map(([name, key]) =>
    pulumi.output(secrets[name]?.values["key"] ?? "").apply((value) => [name, stored(key, value)]),
  );
  const text = pulumi.all(wanted).apply((all) => JSON.stringify(Object.fromEntries(all)));
  return {
    DB_HOST: host,
    DB_PORT: `${port}`,
    DB_NAME: database.database,
    ...(user === undefined ? { DB_USER_FILE: `${secretsPath}/${userFile}` } : { DB_USER: user }),
    DB_PASSWORD_FILE: `${secretsPath}/db-password`,
    ...(authority === undefined ? {} : { AUTHORITY_FILE: authorityPath }),
    // Of a key that is drawn at random, its hash betrays nothing.
    API_KEYS: pulumi.unsecret(text),
  };
}

function stored({ expires, ownLinks, orphanVisits, domain }: NamedKeys[string], key: string) {
  return {
    hash: createHash("sha256").update(key).digest("hex"),
    expires,
    roles: [
      ...(ownLinks ? (["AUTHORED_SHORT_URLS"] as const) : []),
      ...(domain === undefined ? [] : (["DOMAIN_SPECIFIC"] as const)),
      ...(orphanVisits ? [] : (["NO_ORPHAN_VISITS"] as const)),
    ],
    domain,
  } satisfies WantedKey;
}
