import type { Facts } from "../../../doctor/facts.ts";
import { certificate } from "../support/certificate.ts";
import { minutesAgo } from "../support/healthy.ts";
import type { Case, QuietCase } from "./case.ts";

/** Makes a store or a synced Secret say that it failed, with the details in an event as External Secrets does. */
function complain(facts: Facts, kind: "SecretStore" | "ExternalSecret", message: string) {
  const [object] = kind === "SecretStore" ? facts.secretStores : facts.externalSecrets;
  const { name, namespace } = object!.metadata;
  object!.status!.conditions = [
    { type: "Ready", status: "False", reason: "Failed", message: "it could not be done" },
  ];
  facts.events.push({ involvedObject: { kind, name, namespace }, type: "Warning", message });
}

const says = (kind: "SecretStore" | "ExternalSecret", message: string) => (facts: Facts) =>
  complain(facts, kind, message);

const login =
  "unable to log in with Kubernetes auth: Error making API request.\n\n" +
  "URL: PUT http://vault/v1/auth/kubernetes/login\nCode: 403. Errors:\n\n* ";
const read =
  "Error making API request.\n\nURL: GET http://vault/v1/secret/data/postgres/shlink\n" +
  "Code: 403. Errors:\n\n* 1 error occurred:\n\t* permission denied";

const host = "vault.vault.svc";

const tls = (own: string, trusted: string) => (facts: Facts) => {
  facts.vaultServers[0]!.scheme = "https";
  for (const { spec } of facts.secretStores)
    spec!.provider!.vault = {
      server: "https://vault.vault.svc:8200",
      caBundle: Buffer.from(trusted).toString("base64"),
    };
  facts.certificates.push({
    namespace: "vault",
    secret: "vault-server-tls",
    there: true,
    pem: own,
  });
};

export const cases: Case[] = [
  {
    id: "vault-unreachable",
    what: "no server",
    change: (facts) => (facts.vaultServers = []),
    says: /no Vault server/,
  },
  {
    id: "vault-unreachable",
    what: "a server that refuses",
    change: (facts) => (facts.vaultServers = [{ pod: "vault-0", failure: "connection refused" }]),
    says: /vault-0: connection refused/,
  },
  {
    id: "vault-uninitialised",
    what: "an empty server",
    change: ({ vaultServers: [one] }) =>
      Object.assign(one!, { initialised: false, sealed: true, active: false }),
    says: /vault-0 is not initialised/,
  },
  {
    id: "vault-sealed",
    what: "a sealed server",
    change: ({ vaultServers: [one] }) => Object.assign(one!, { sealed: true, active: false }),
    says: /vault-0 is sealed/,
  },
  {
    id: "vault-without-leader",
    what: "open servers of which none leads",
    change: ({ vaultServers: [one] }) => (one!.active = false),
    says: /vault-0: open, none active/,
  },
  {
    id: "vault-server-down",
    what: "fewer servers than wanted",
    change: ({ statefulSets: [one] }) => (one!.spec!.replicas = 3),
    says: /1 of 3 Vault servers/,
  },
  {
    id: "vault-tls-mismatch",
    what: "a store that calls in clear",
    change: ({ vaultServers: [one] }) => (one!.scheme = "https"),
    says: /calls http:.*the servers speak https/,
  },
  {
    id: "vault-tls-mismatch",
    what: "a store that trusts another authority",
    change: tls(certificate(host, 90), certificate("b", 90)),
    says: /trusts another authority/,
  },
  {
    id: "vault-tls-mismatch",
    what: "a certificate for another host",
    change: tls(certificate("a", 90), certificate("a", 90)),
    says: /calls https:\/\/vault\.vault\.svc:8200, for which Vault's certificate is not/,
  },
  {
    id: "vault-role-wrong",
    what: "a role that is not there",
    change: says("SecretStore", `${login}invalid role name "external-secrets"`),
    says: /invalid role name/,
  },
  {
    id: "vault-role-wrong",
    what: "an account that the role does not bind",
    change: says("ExternalSecret", `${login}service account name not authorized`),
    says: /not authorized/,
  },
  {
    id: "vault-audience-wrong",
    what: "another audience",
    change: says(
      "SecretStore",
      `${login}invalid audience (aud) claim: audience claim does not match`,
    ),
    says: /invalid audience/,
  },
  ...[
    "invalid not before (nbf) claim: token not yet valid",
    "invalid expiration time (exp) claim: token is expired",
    "invalid issued at (iat) claim: token issued in the future",
  ].map((sentence) => ({
    id: "vault-token-time-wrong",
    what: sentence.split(": ")[1] ?? "",
    change: says("SecretStore", `${login}${sentence}`),
    says: /\(\w{3}\) claim: token/,
  })),
  {
    id: "vault-login-refused",
    what: "a token that cannot be reviewed",
    change: says("SecretStore", `${login}permission denied`),
    says: /permission denied/,
  },
  {
    id: "vault-policy-denied",
    what: "a path that the policy does not have",
    change: says("ExternalSecret", read),
    says: /postgres\/shlink-db-pguser-shlink/,
  },
  {
    id: "vault-value-missing",
    what: "a path without a secret",
    change: says("ExternalSecret", "error processing spec.data[0], err: Secret does not exist"),
    says: /Secret does not exist/,
  },
  {
    id: "vault-audience-wrong",
    what: "an audience that the API server does not issue for",
    change: says(
      "SecretStore",
      `${login}lookup failed: [invalid bearer token, token audiences ["x"] is invalid for the target audiences ["vault"]]`,
    ),
    says: /target audiences/,
  },
  ...[
    "lookup failed: service account unauthorized; this could mean it has been deleted",
    'no handler for route "auth/kubernetes/login". route entry not found.',
  ].map((message) => ({
    id: "vault-login-refused",
    what: message,
    change: says("SecretStore", `${login}${message}`),
    says: new RegExp(message.slice(0, 15).replaceAll(/[^\w ]/g, ".")),
  })),
  {
    id: "vault-policy-denied",
    what: "a policy that may not see the mount",
    change: says("ExternalSecret", "* preflight capability check returned 403, please ensure"),
    says: /preflight capability check/,
  },
  {
    id: "external-secret-missing",
    what: "one that was deleted",
    change: (facts) =>
      (facts.externalSecrets = facts.externalSecrets.filter(
        ({ metadata }) => metadata.namespace === "postgres",
      )),
    says: /no ExternalSecret makes Secret shlink\/shlink-secrets\n.*redis\/shlink-redis-auth/,
  },
  {
    id: "external-secret-not-synced",
    what: "a store of the whole cluster that is not ready",
    change: (facts) => {
      facts.externalSecrets[0]!.spec!.secretStoreRef = { kind: "ClusterSecretStore", name: "corp" };
      complain(facts, "ExternalSecret", 'ClusterSecretStore "corp" is not ready');
    },
    says: /ClusterSecretStore "corp" is not ready/,
  },
  {
    id: "secret-store-not-ready",
    what: "a Vault that is not reached",
    change: says("SecretStore", "dial tcp: connect: connection refused"),
    says: /connection refused/,
  },
  {
    id: "external-secret-not-synced",
    what: "a failure of another kind",
    change: says("ExternalSecret", "the target is owned by another"),
    says: /owned by another/,
  },
  {
    id: "external-secret-not-synced",
    what: "a copy that is old",
    change: ({ externalSecrets: [one] }) => (one!.status!.refreshTime = minutesAgo(30)),
    says: /copied last 30 minutes ago/,
  },
  {
    id: "external-secret-not-synced",
    what: "one that nobody looks at",
    change: ({ externalSecrets: [one] }) => (one!.status = {}),
    says: /was never looked at/,
  },
];

export const quiet: QuietCase[] = [
  {
    id: "external-secret-missing",
    what: "a stack without a Vault",
    change: (facts) => (facts.externalSecrets = []),
  },
  {
    id: "external-secret-not-synced",
    what: "one whose store says by itself what is wrong",
    change: (facts) => {
      complain(facts, "SecretStore", "dial tcp: connect: connection refused");
      complain(facts, "ExternalSecret", 'SecretStore "vault-backend" is not ready');
    },
  },
  {
    id: "vault-uninitialised",
    what: "a server that has not joined the others yet",
    change: ({ vaultServers }) =>
      vaultServers.push({ pod: "vault-1", scheme: "http", initialised: false, sealed: true }),
  },
  {
    id: "vault-tls-mismatch",
    what: "a store that trusts the right authority",
    change: tls(certificate(host, 90), certificate(host, 90)),
  },
  {
    id: "secret-store-not-ready",
    what: "a token whose time has not come",
    change: says("SecretStore", `${login}invalid not before (nbf) claim: token not yet valid`),
  },
  {
    id: "secret-store-not-ready",
    what: "a cause that has a name of its own",
    change: says("SecretStore", `${login}invalid role name "external-secrets"`),
  },
  {
    id: "external-secret-not-synced",
    what: "two intervals and a little",
    change: ({ externalSecrets: [one] }) => (one!.status!.refreshTime = minutesAgo(4)),
  },
];
