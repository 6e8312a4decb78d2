import { sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { audience } from "../../../components/vault/names.ts";
import { vaultTokenTimeWrong } from "../../../doctor/findings/secrets.ts";
import { layoutOf } from "../../../local/cluster/layout.ts";
import { clusterFolder } from "../../../local/lib/paths.ts";
import { pgoKey } from "../../../platform/workloads.ts";
import { ask, query } from "../platform.ts";
import {
  all,
  bringBack,
  create,
  deployment,
  edit,
  type Fault,
  inNamespace,
  patch,
  remove,
  runbook,
  scale,
} from "./fault.ts";
import { asDeployer } from "./vault.ts";

const statefulSet = `${inNamespace("apis/apps/v1", "vault", "statefulsets")}/vault`;
const unsealer = deployment("vault", "vault-unsealer");
const vaultPod = `${inNamespace("api/v1", "vault", "pods")}/vault-0`;
const store = `${inNamespace("apis/external-secrets.io/v1", "shlink", "secretstores")}/vault-backend`;
const synced = `${inNamespace("apis/external-secrets.io/v1", "shlink", "externalsecrets")}/shlink-secrets`;
const cluster = `${inNamespace("apis/postgres-operator.crunchydata.com/v1beta1", "postgres", "postgresclusters")}/shlink-db`;
const userSecret = `${inNamespace("api/v1", "postgres", "secrets")}/shlink-db-pguser-shlink`;

interface Store {
  spec: {
    provider: {
      vault: {
        server: string;
        auth: {
          kubernetes: {
            role: string;
            serviceAccountRef?: { name: string; audiences: string[] };
            secretRef?: { name: string; key: string };
          };
        };
      };
    };
  };
}

interface Synced {
  spec: {
    data: { secretKey: string; remoteRef: { key: string; property: string } }[];
    secretStoreRef: { name: string };
  };
}

const editStore = (change: (vault: Store["spec"]["provider"]["vault"]) => void) =>
  edit(store, ({ spec }: Store) => change(spec.provider.vault));
const editSynced = (change: (spec: Synced["spec"]) => void) =>
  edit(synced, ({ spec }: Synced) => change(spec));

const secrets = inNamespace("api/v1", "shlink", "secrets");
const hour = 3600;

/** A token of External Secrets' account as an API server makes it whose clock is an hour ahead. */
async function tokenOfNextHour(): Promise<string> {
  const account = "external-secrets-sa";
  const path = `${inNamespace("api/v1", "shlink", "serviceaccounts")}/${account}`;
  const { metadata } = JSON.parse((await ask("GET", path)).body) as { metadata: { uid: string } };
  const now = Math.floor(Date.now() / 1000) + hour;
  const claims = {
    iss: "https://kubernetes.default.svc.cluster.local",
    aud: [audience],
    sub: `system:serviceaccount:shlink:${account}`,
    iat: now,
    nbf: now,
    exp: now + hour,
    "kubernetes.io": { namespace: "shlink", serviceaccount: { name: account, uid: metadata.uid } },
  };
  const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const signed = `${encoded({ alg: "RS256", typ: "JWT" })}.${encoded(claims)}`;
  const key = readFileSync(join(layoutOf(clusterFolder()).pki, "service-account.key"));
  return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), key).toString("base64url")}`;
}

/** Has the store of Shlink's namespace log in with that token instead of one that External Secrets asks for. */
async function keepToken(): Promise<void> {
  const stringData = { token: await tokenOfNextHour() };
  await create(secrets, { metadata: { name: "fault" }, stringData })();
  await editStore(({ auth }) => {
    delete auth.kubernetes.serviceAccountRef;
    auth.kubernetes.secretRef = { name: "fault", key: "token" };
  })();
}

const syncNow = () =>
  patch(synced, { metadata: { annotations: { "force-sync": `${Date.now()}` } } })();

export const secretFaults: Fault[] = [
  {
    finding: "vault-unreachable",
    what: "Vault scaled to none",
    inject: scale(statefulSet, 0),
    mend: scale(statefulSet, 1),
  },
  {
    finding: "vault-sealed",
    what: "a restart while nobody unseals",
    inject: all(scale(unsealer, 0), remove(vaultPod)),
    mend: scale(unsealer, 1),
  },
  {
    finding: "vault-tls-mismatch",
    what: "a SecretStore that calls a plain Vault by HTTPS",
    inject: editStore((vault) => (vault.server = vault.server.replace("http:", "https:"))),
    mend: bringBack,
  },
  {
    finding: "vault-role-wrong",
    what: "a role that Vault does not have",
    inject: editStore((vault) => (vault.auth.kubernetes.role = "no-such-role")),
    mend: bringBack,
  },
  {
    finding: "vault-audience-wrong",
    what: "tokens for another audience",
    inject: editStore(({ auth }) => (auth.kubernetes.serviceAccountRef!.audiences = ["other"])),
    mend: bringBack,
  },
  {
    finding: "vault-token-time-wrong",
    what: "a token of a clock that is an hour ahead",
    says: /token not yet valid|issued in the future/,
    inject: keepToken,
    mend: all(
      runbook(vaultTokenTimeWrong.mend![0]!, { NAMESPACE: "shlink" }),
      bringBack,
      remove(`${secrets}/fault`),
    ),
  },
  {
    finding: "vault-login-refused",
    what: "a Vault that asks another API server who a token belongs to",
    inject: all(
      () => asDeployer("vault write auth/kubernetes/config kubernetes_host=https://127.0.0.1:1"),
      syncNow,
    ),
    mend: all(bringBack, syncNow),
  },
  {
    finding: "secret-store-not-ready",
    what: "a port on which Vault does not listen",
    inject: editStore((vault) => (vault.server = vault.server.replace(":8200", ":8299"))),
    mend: bringBack,
  },
  {
    finding: "vault-policy-denied",
    what: "a path that the policy does not open",
    inject: editSynced(({ data }) => (data[0]!.remoteRef.key = "redis/other")),
    mend: bringBack,
  },
  {
    finding: "vault-value-missing",
    what: "a property that the secret does not have",
    inject: editSynced(({ data }) => (data[0]!.remoteRef.property = "no-such-property")),
    mend: bringBack,
  },
  {
    finding: "external-secret-not-synced",
    what: "a SecretStore that is not there",
    inject: editSynced((spec) => (spec.secretStoreRef.name = "no-such-store")),
    mend: bringBack,
  },
  {
    finding: "external-secret-missing",
    what: "Shlink's ExternalSecret deleted",
    inject: remove(synced),
    mend: bringBack,
  },
  {
    finding: "user-secret-unlabelled",
    what: "PGO's label taken from the user's Secret while PGO pauses",
    // It would apply a Secret of that name, with its label and a password of its own.
    inject: all(
      patch(cluster, { spec: { paused: true } }),
      patch(userSecret, { metadata: { labels: { [pgoKey("pguser")]: null } } }),
    ),
    mend: all(bringBack, patch(cluster, { spec: { paused: null } })),
  },
  {
    finding: "passwords-differ",
    what: "Shlink's password taken from another place in Vault",
    inject: editSynced(({ data }) => {
      data.find(({ secretKey }) => secretKey === "db-password")!.remoteRef.property = "user";
    }),
    mend: bringBack,
  },
  {
    finding: "grant-missing",
    what: "the GRANT revoked",
    inject: () => query("revoke create on schema public from shlink"),
    mend: bringBack,
  },
];
