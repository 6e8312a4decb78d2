import * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
import * as vault from "@pulumi/vault";

const setting = (name: string) => process.env[name] ?? "";
const step = setting("TEST_STEP");

/** Stands for the cluster: what is in the servers dies with it, and their addresses are known after it. */
const cluster = new random.RandomPassword("cluster", { length: 8 });
const password = new random.RandomPassword("password", { length: 32, special: step !== "first" });

const vaultServer = new vault.Provider("vault", {
  address: cluster.result.apply(() => setting("TEST_VAULT")),
  authLoginTokenFile: { filename: setting("TEST_TOKEN_FILE") },
  skipChildToken: true,
});
const inVault = { provider: vaultServer, deletedWith: cluster };

function fillVault(): pulumi.Output<string | undefined> {
  const mount = new vault.Mount(
    "kv",
    { path: "app", type: "kv", options: { version: "2" } },
    inVault,
  );
  const rules = `path "app/data/db" { capabilities = ["read"] }\n`;
  const policy = new vault.Policy("reader", { name: "reader", policy: rules }, inVault);
  const login = new vault.AuthBackend("login", { type: "kubernetes", path: "k8s" }, inVault);
  const ca = setting("TEST_CA");
  new vault.kubernetes.AuthBackendConfig(
    "login",
    {
      backend: login.path,
      kubernetesHost: "https://k",
      kubernetesCaCert: ca,
      disableLocalCaJwt: true,
    },
    inVault,
  );
  new vault.kubernetes.AuthBackendRole(
    "reader",
    {
      backend: login.path,
      roleName: "reader",
      boundServiceAccountNames: ["external-secrets-sa"],
      boundServiceAccountNamespaces: ["shlink", "postgres"],
      audience: "vault",
      tokenPolicies: [policy.name],
      tokenTtl: 600,
    },
    inVault,
  );
  const values = { user: "shlink", password: password.result };
  const secret = new vault.kv.SecretV2(
    "db",
    {
      mount: mount.path,
      name: "db",
      dataJson: pulumi.jsonStringify(values),
      deleteAllVersions: true,
    },
    inVault,
  );
  return secret.metadata.apply((metadata) => metadata?.["version"]);
}

function grantRights(): pulumi.Output<string[]> {
  const server = new postgresql.Provider("postgres", {
    host: "localhost",
    port: Number(setting("TEST_POSTGRES_PORT")),
    password: cluster.result.apply(() => setting("TEST_POSTGRES_PASSWORD")),
    sslmode: "verify-ca",
    sslrootcert: setting("TEST_POSTGRES_CA"),
    connectTimeout: 5,
  });
  const grant = new postgresql.Grant(
    "shlink",
    {
      role: "shlink",
      database: "links",
      schema: "public",
      objectType: "schema",
      privileges: step === "first" ? ["USAGE", "CREATE"] : ["USAGE"],
    },
    { provider: server, deletedWith: cluster },
  );
  return grant.privileges;
}

/** A certificate, its key, and the authority's. */
function certify(): pulumi.Output<string[]> {
  const curve = { algorithm: "ECDSA", ecdsaCurve: "P256" };
  const authorityKey = new tls.PrivateKey("authority", curve);
  const authority = new tls.SelfSignedCert("authority", {
    privateKeyPem: authorityKey.privateKeyPem,
    subject: { commonName: "authority" },
    isCaCertificate: true,
    allowedUses: ["cert_signing"],
    validityPeriodHours: 48,
  });
  const key = new tls.PrivateKey("server", curve);
  const request = new tls.CertRequest("server", {
    privateKeyPem: key.privateKeyPem,
    subject: { commonName: "server" },
    dnsNames: ["localhost"],
  });
  const certificate = new tls.LocallySignedCert("server", {
    certRequestPem: request.certRequestPem,
    caPrivateKeyPem: authorityKey.privateKeyPem,
    caCertPem: authority.certPem,
    allowedUses: ["server_auth"],
    validityPeriodHours: 24,
    earlyRenewalHours: step === "due" ? 24 : 1,
  });
  return pulumi.all([certificate.certPem, key.privateKeyPem, authority.certPem]);
}

const gone = step === "last";
export const version = gone ? undefined : fillVault();
export const privileges = gone ? undefined : grantRights();
export const certificate = certify();
export const secretPassword = password.result;
