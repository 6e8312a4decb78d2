import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { nodeAddress } from "../../../local/cluster/index.ts";
import { send } from "../../../effects/http.ts";
import { chartImages } from "../../../platform/chart-images.ts";
import { until } from "../platform.ts";
import { places } from "./neighbour/places.ts";
import { apply, root, serve } from "./server.ts";
import type { Theirs } from "./theirs.ts";

const namespace = places.vault;
const port = 8200;
/** Its name is known in the cluster alone; there and at the node it has the same port. */
export const vaultHost = `vault.${namespace}.svc`;

const config = `api_addr = "https://${vaultHost}:${port}"
cluster_addr = "https://127.0.0.1:8201"
storage "raft" {
  path = "/data"
  node_id = "theirs"
}
listener "tcp" {
  address = "0.0.0.0:${port}"
  tls_cert_file = "/files/tls.crt"
  tls_key_file = "/files/tls.key"
}
`;

/** Whoever reviews tokens asks with the account of Vault's own pod. */
const reviewer = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name: `${namespace}-reviews-tokens` },
  roleRef: {
    apiGroup: "rbac.authorization.k8s.io",
    kind: "ClusterRole",
    name: "system:auth-delegator",
  },
  subjects: [{ kind: "ServiceAccount", name: "vault", namespace }],
};

/** What the administrators have since they initialised it. */
let rootToken = "";

/** Asks Vault at the node's address, as its administrators. */
async function ask(method: "GET" | "POST", path: string, body?: unknown) {
  const answer = await send(
    `https://${nodeAddress}:${port}/v1/${path}`,
    { method, headers: rootToken === "" ? {} : { "x-vault-token": rootToken }, body },
    { ca: root.certificate, servername: vaultHost },
  );
  const { status, failure } = answer;
  assert.ok(status >= 200 && status < 300, `${method} ${path}: ${failure ?? status}`);
  return answer.body;
}

const write = (path: string, body: object) => ask("POST", path, body);
const read = async (path: string) => (await ask("GET", path))["data"] as Record<string, unknown>;
const listed = async (path: string) => (await read(`${path}?list=true`))["keys"] as string[];

async function open(): Promise<void> {
  await until(
    "their Vault",
    120,
    async () => "initialized" in (await ask("GET", "sys/seal-status")),
  );
  const made = await write("sys/init", { secret_shares: 1, secret_threshold: 1 });
  await write("sys/unseal", { key: (made["keys"] as string[])[0] });
  rootToken = made["root_token"] as string;
  await until("their Vault's lead", 60, async () => "data" in (await ask("GET", "sys/mounts")));
}

/** What the company had in it before anybody thought of links. */
async function fill(): Promise<void> {
  const password = randomBytes(18).toString("base64url");
  await write("sys/mounts/company", { type: "kv" });
  await write("company/payroll", { password });
  await write("sys/policies/acl/payroll", {
    policy: 'path "company/*" { capabilities = ["read"] }',
  });
  await write("sys/auth/userpass", { type: "userpass" });
  await write("auth/userpass/users/clerk", { password, token_policies: ["payroll"] });
  await write("sys/auth/kubernetes", { type: "kubernetes" });
  await write("auth/kubernetes/config", { kubernetes_host: "https://kubernetes.default.svc:443" });
}

/** All that a stack could spoil in it. */
async function content(): Promise<string> {
  const policies = await listed("sys/policies/acl");
  const roles = await listed("auth/kubernetes/role");
  const paths = [
    "sys/mounts",
    "sys/auth",
    "sys/audit",
    "company/payroll",
    "auth/userpass/users/clerk",
    "auth/kubernetes/config",
    ...policies.map((name) => `sys/policies/acl/${name}`),
    ...roles.map((name) => `auth/kubernetes/role/${name}`),
  ];
  const found = paths.map(async (path) => `${path} ${JSON.stringify(await read(path))}`);
  return (await Promise.all(found)).join("\n");
}

/** A Vault of the company's, with an authority of its own: initialised, opened and filled by its administrators. */
export const vaultOfTheirs: Theirs = {
  what: "Vault",
  async install() {
    await serve({
      name: "vault",
      namespace,
      image: chartImages.vault,
      uid: 100,
      port,
      script: "exec vault server -config=/files/vault.hcl",
      files: { "vault.hcl": config },
      account: "vault",
      address: nodeAddress,
    });
    await apply([reviewer]);
    await open();
    await fill();
  },
  settings: {
    vault: {
      mode: "existing",
      address: `https://${vaultHost}:${port}`,
      authority: root.certificate,
      login: { mode: "kubernetes" },
    },
  },
  content,
};

/** The administrators let the deployer in, as docs/which-parts.md tells them. */
export async function admitDeployer(policy: string): Promise<void> {
  await write("sys/policies/acl/shlink-deployer", { policy });
  await write("auth/kubernetes/role/shlink-deployer", {
    bound_service_account_names: ["shlink-deployer"],
    bound_service_account_namespaces: ["shlink-deployer"],
    audience: "vault",
    token_policies: ["shlink-deployer"],
    token_ttl: "30m",
  });
}
