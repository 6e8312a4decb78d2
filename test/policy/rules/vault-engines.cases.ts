import { vaultEngines } from "../../../policy/rules/vault-engines.ts";
import { Cases, type Fixture, UNKNOWN } from "../support/suite.ts";

const MOUNT: Fixture = {
  type: "vault:index/mount:Mount",
  name: "secret",
  props: { type: "kv", path: "secret", options: { version: "2" } },
};
const CONNECTION: Fixture = {
  type: "vault:database/secretBackendConnection:SecretBackendConnection",
  name: "postgres",
  props: {
    postgresql: { connectionUrl: "postgres://db:5432/shlink?sslmode=verify-full" },
    verifyConnection: true,
    allowedRoles: ["a"],
  },
};
const DB_ROLE: Fixture = {
  type: "vault:database/secretBackendRole:SecretBackendRole",
  name: "app",
  props: {
    creationStatements: ["CREATE ROLE x LOGIN PASSWORD y VALID UNTIL z; GRANT SELECT ON t TO x;"],
  },
};
const PKI: Fixture = {
  type: "vault:pkiSecret/secretBackendRole:SecretBackendRole",
  name: "web",
  props: { allowAnyName: false },
};

export const suite = new Cases(vaultEngines, {
  mount: MOUNT,
  connection: CONNECTION,
  role: DB_ROLE,
  pki: PKI,
})
  .good("mount", { "a mount of another type": { type: "transit", options: undefined } })
  .bad(
    "mount",
    'V27 vault:index/mount:Mount "secret", options.version: the store keeps one version only.',
    {
      "one version": { options: { version: "1" } },
      "no version": { options: undefined },
    },
  )
  .bad(
    "connection",
    'V25 vault:database/secretBackendConnection:SecretBackendConnection "postgres", postgresql.connectionUrl: Vault connects to the database without verified TLS, or for every role.',
    { "no TLS": { "postgresql connectionUrl": "postgres://db/shlink?sslmode=disable" } },
  )
  .bad(
    "connection",
    'V25 vault:database/secretBackendConnection:SecretBackendConnection "postgres", verifyConnection: Vault connects to the database without verified TLS, or for every role.',
    { "no verification": { verifyConnection: false } },
  )
  .bad(
    "connection",
    'V25 vault:database/secretBackendConnection:SecretBackendConnection "postgres", allowedRoles[0]: Vault connects to the database without verified TLS, or for every role.',
    { "every role": { allowedRoles: ["*"] } },
  )
  .bad(
    "role",
    'V26 vault:database/secretBackendRole:SecretBackendRole "app", creationStatements[0]: the role\'s statements create a powerful user.',
    { "a superuser": { creationStatements: ["ALTER ROLE x SUPERUSER"] } },
  )
  .bad(
    "role",
    'V26 vault:database/secretBackendStaticRole:SecretBackendStaticRole "app", revocationStatements[0]: the role\'s statements create a powerful user.',
    {
      "a superuser of a static role": {
        "@type": "vault:database/secretBackendStaticRole:SecretBackendStaticRole",
        revocationStatements: ["GRANT ALL ON t TO x"],
      },
    },
  )
  .bad(
    "pki",
    'V27a vault:pkiSecret/secretBackendRole:SecretBackendRole "web", allowAnyName: the certificate role signs any name.',
    { "any name": { allowAnyName: true } },
  )
  .unknown("role", "creationStatements[0]", {
    "a statement that is an output": { creationStatements: [UNKNOWN] },
  });
